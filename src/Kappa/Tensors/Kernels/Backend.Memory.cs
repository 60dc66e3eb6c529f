using Kappa.Randomness;
using Kappa.Tensors.Operations;

namespace Kappa.Tensors.Kernels;

/// <content>Values that are set, drawn and looked for.</content>
internal abstract partial class Backend
{
    /// <summary>Independent normal samples, the same on any device: drawn on the host, and copied.</summary>
    internal virtual void FillNormal(Tensor x, Philox generator, double mean, double standardDeviation)
    {
        using var host = Tensor.Normal(x.Shape, generator, mean, standardDeviation, x.DataType);
        x.CopyFromInPlace(host);
    }

    /// <summary>Independent uniform samples from [low, high), the same on any device: drawn on the host, and copied.</summary>
    internal virtual void FillUniform(Tensor x, Philox generator, double low, double high)
    {
        using var host = Tensor.Uniform(x.Shape, generator, low, high, x.DataType);
        x.CopyFromInPlace(host);
    }

    /// <summary>The first index whose value is NaN or infinite, or -1.</summary>
    internal virtual int FirstNonFinite(Tensor x)
    {
        if (double.IsFinite(LargestMagnitude(x)))
            return -1;
        using var host = x.To(Device.Cpu);
        return host.FirstNonFinite();
    }

    /// <summary>The first index whose value is not one of 0..limit - 1, nor the one that means none, or -1; and that value.</summary>
    internal virtual (int Index, int Value) FirstOutside(Tensor indices, int limit, int? none)
    {
        using var host = indices.To(Device.Cpu);
        return host.Backend.FirstOutside(host, limit, none);
    }

    /// <summary>What a kernel made: written to the result, or added to it when asked.</summary>
    private protected void Put(Tensor made, Tensor result, bool accumulate = false)
    {
        if (!accumulate)
        {
            Copy(made, result);
            return;
        }

        using var shaped = made.Alias(result.Shape);
        Binary(BinaryKernel.Add, result, shaped, result);
    }

    /// <summary>Whole numbers, which the host makes, on the device of a tensor.</summary>
    private protected static Tensor Indices(int[] values, Shape shape, Tensor like) => Tensor.From(values, shape).To(like.Device);

    /// <summary>The whole numbers 0, 1, ... in double precision, in which they are exact.</summary>
    private protected static Tensor Counting(int count, Tensor like)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
            values[i] = i;
        return Tensor.From(values).To(like.Device);
    }

    /// <summary>Numbers, which the host has, on the device of a tensor.</summary>
    private protected static Tensor Numbers(double[] values, Shape shape, Tensor like, DataType type = DataType.Float64) =>
        Tensor.From(values, shape).To(type).To(like.Device);

    /// <summary>A slice of the middle axis.</summary>
    private protected static Tensor Slice(Tensor x, int axis, int start, int length) => SliceNode.Apply(x, axis, start, length);

    /// <summary>In double precision.</summary>
    private protected static Tensor Wide(Tensor x) => x.DataType == DataType.Float64 ? x : x.To(DataType.Float64);

    /// <summary>In double precision, seen in a shape.</summary>
    private protected static Tensor Wide(Tensor x, Shape shape) => Wide(x).Alias(shape);
}
