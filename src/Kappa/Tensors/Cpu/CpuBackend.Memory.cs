using System.Numerics.Tensors;
using Kappa.Randomness;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu;

/// <content>Values that are set, drawn and looked for.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override TensorStorage Allocate(DataType type, int count) => StoragePool.Rent((long)count * type.SizeOf());

    internal override void Fill(Tensor x, double value)
    {
        switch (x.DataType)
        {
            case DataType.Float32: new Span<float>(x.Pointer<float>(), x.Count).Fill((float)value); break;
            case DataType.Float64: new Span<double>(x.Pointer<double>(), x.Count).Fill(value); break;
            case DataType.Int64: new Span<long>(x.Pointer<long>(), x.Count).Fill(checked((long)value)); break;
            default: new Span<int>(x.Pointer<int>(), x.Count).Fill(checked((int)value)); break;
        }
    }

    internal override void Copy(Tensor x, Tensor result)
    {
        long bytes = (long)result.Count * result.DataType.SizeOf();
        Buffer.MemoryCopy(x.Pointer<byte>(), result.Pointer<byte>(), bytes, bytes);
    }

    internal override void Convert(Tensor x, Tensor result)
    {
        if (result.DataType == DataType.Float64 && x.DataType == DataType.Float32)
        {
            TensorPrimitives.ConvertTruncating<float, double>(x.ReadOnlyValues<float>(), new Span<double>(result.Pointer<double>(), result.Count));
            return;
        }

        if (result.DataType == DataType.Float32 && x.DataType == DataType.Float64)
        {
            TensorPrimitives.ConvertTruncating<double, float>(x.ReadOnlyValues<double>(), new Span<float>(result.Pointer<float>(), result.Count));
            return;
        }

        for (int i = 0; i < result.Count; i++)
            result.SetElement(i, x.ElementAsDouble(i));
    }

    internal override void FillNormal(Tensor x, Philox generator, double mean, double standardDeviation)
    {
        if (x.DataType == DataType.Float32)
            generator.FillNormal(new Span<float>(x.Pointer<float>(), x.Count), (float)mean, (float)standardDeviation);
        else
            generator.FillNormal(new Span<double>(x.Pointer<double>(), x.Count), mean, standardDeviation);
    }

    internal override void FillUniform(Tensor x, Philox generator, double low, double high)
    {
        if (x.DataType == DataType.Float32)
            generator.FillUniform(new Span<float>(x.Pointer<float>(), x.Count), (float)low, (float)high);
        else
            generator.FillUniform(new Span<double>(x.Pointer<double>(), x.Count), low, high);
    }

    internal override int FirstNonFinite(Tensor x)
    {
        for (int i = 0; i < x.Count; i++)
        {
            if (!double.IsFinite(x.ElementAsDouble(i)))
                return i;
        }

        return -1;
    }

    internal override (int Index, int Value) FirstOutside(Tensor indices, int limit, int? none)
    {
        var values = indices.ReadOnlyValues<int>();
        for (int i = 0; i < values.Length; i++)
        {
            if ((uint)values[i] >= (uint)limit && values[i] != none)
                return (i, values[i]);
        }

        return (-1, 0);
    }

    internal override void AddScaled(Tensor x, double factor, Tensor y)
    {
        if (y.DataType == DataType.Float32)
        {
            var sum = new Span<float>(y.Pointer<float>(), y.Count);
            TensorPrimitives.MultiplyAdd<float>(x.ReadOnlyValues<float>(), (float)factor, sum, sum);
        }
        else
        {
            var sum = new Span<double>(y.Pointer<double>(), y.Count);
            TensorPrimitives.MultiplyAdd<double>(x.ReadOnlyValues<double>(), factor, sum, sum);
        }
    }

    internal override void AddToDiagonal(Tensor matrix, double value)
    {
        int n = matrix.Shape[0];
        if (matrix.DataType == DataType.Float32)
        {
            float* diagonal = matrix.Pointer<float>();
            for (int i = 0; i < n; i++)
                diagonal[(long)i * (n + 1)] += (float)value;
        }
        else
        {
            double* diagonal = matrix.Pointer<double>();
            for (int i = 0; i < n; i++)
                diagonal[(long)i * (n + 1)] += value;
        }
    }

    internal override double Trace(Tensor matrix)
    {
        int n = matrix.Shape[0];
        double trace = 0;
        for (int i = 0; i < n; i++)
            trace += matrix.ElementAsDouble((i * n) + i);
        return trace;
    }

    internal override (double Smallest, double Largest) DiagonalRange(Tensor matrix)
    {
        int n = matrix.Shape[0];
        double smallest = double.PositiveInfinity, largest = 0;
        for (int i = 0; i < n; i++)
        {
            double element = matrix.ElementAsDouble((i * n) + i);
            (smallest, largest) = (Math.Min(smallest, element), Math.Max(largest, element));
        }

        return (smallest, largest);
    }
}
