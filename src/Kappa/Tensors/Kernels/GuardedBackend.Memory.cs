using Kappa.Randomness;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Kernels;

/// <content>Values that are set, drawn and looked for.</content>
internal sealed partial class GuardedBackend
{
    internal override TensorStorage Allocate(DataType type, int count) => kernels.Allocate(type, count);

    internal override void Fill(Tensor x, double value)
    {
        Writes(x, x.Count);
        kernels.Fill(x, value);
    }

    internal override void Copy(Tensor x, Tensor result)
    {
        Reads(x, result.Count);
        Writes(result, result.Count);
        kernels.Copy(x, result);
    }

    internal override void Convert(Tensor x, Tensor result)
    {
        Reads(x, result.Count);
        Writes(result, result.Count);
        kernels.Convert(x, result);
    }

    internal override void FillNormal(Tensor x, Philox generator, double mean, double standardDeviation)
    {
        Writes(x, x.Count);
        kernels.FillNormal(x, generator, mean, standardDeviation);
    }

    internal override void FillUniform(Tensor x, Philox generator, double low, double high)
    {
        Writes(x, x.Count);
        kernels.FillUniform(x, generator, low, high);
    }

    internal override int FirstNonFinite(Tensor x)
    {
        Reads(x, x.Count);
        return kernels.FirstNonFinite(x);
    }

    internal override (int Index, int Value) FirstOutside(Tensor indices, int limit, int? none)
    {
        Reads(indices, indices.Count);
        return kernels.FirstOutside(indices, limit, none);
    }

    internal override void AddScaled(Tensor x, double factor, Tensor y)
    {
        Reads(x, y.Count);
        Writes(y, y.Count);
        kernels.AddScaled(x, factor, y);
    }

    internal override void AddToDiagonal(Tensor matrix, double value)
    {
        Writes(matrix, (long)matrix.Shape[0] * matrix.Shape[0]);
        kernels.AddToDiagonal(matrix, value);
    }

    internal override double Trace(Tensor matrix)
    {
        Reads(matrix, (long)matrix.Shape[0] * matrix.Shape[0]);
        return kernels.Trace(matrix);
    }

    internal override (double Smallest, double Largest) DiagonalRange(Tensor matrix)
    {
        Reads(matrix, (long)matrix.Shape[0] * matrix.Shape[0]);
        return kernels.DiagonalRange(matrix);
    }
}
