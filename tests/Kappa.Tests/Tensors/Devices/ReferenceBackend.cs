using System.Runtime.InteropServices;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tests.Tensors.Devices;

/// <summary>A device of the least that one has to have, each kernel a loop in double precision: all else is what the library makes of it.</summary>
internal sealed class ReferenceBackend : Backend
{
    /// <summary>A device with memory of its own.</summary>
    internal static Device Device { get; } = new("reference", new ReferenceBackend());

    internal override TensorStorage Allocate(DataType type, int count) => new ReferenceStorage(Device, (long)count * type.SizeOf());

    internal override void Fill(Tensor x, double value) => Write(x, _ => value);

    internal override void Copy(Tensor x, Tensor result) => Bytes(x).CopyTo(Bytes(result));

    internal override void Convert(Tensor x, Tensor result)
    {
        double[] values = Read(x);
        Write(result, i => result.DataType.IsFloating() ? values[i] : Math.Truncate(values[i]));
    }

    internal override void Unary(UnaryKernel kernel, Tensor x, Tensor result)
    {
        double[] values = Read(x);
        Write(result, i => Value(kernel, values[i]));
    }

    internal override void Binary(BinaryKernel kernel, Tensor a, Tensor b, Tensor result)
    {
        double[] first = Read(a), second = Read(b);
        Write(result, i =>
        {
            double x = first[Place(a.Shape, result.Shape, i)], y = second[Place(b.Shape, result.Shape, i)];
            return kernel switch
            {
                BinaryKernel.Add => x + y,
                BinaryKernel.Subtract => x - y,
                BinaryKernel.Multiply => x * y,
                _ => x / y,
            };
        });
    }

    internal override void Affine(Tensor x, double scale, double offset, Tensor result)
    {
        double[] values = Read(x);
        Write(result, i => (scale * values[i]) + offset);
    }

    internal override void Sum(Tensor x, int outer, int length, int inner, double divisor, Tensor result, bool accumulate)
    {
        double[] values = Read(x), before = accumulate ? Read(result) : [];
        Write(result, i => (Middle(i, length, inner).Sum(at => values[at]) / divisor) + (accumulate ? before[i] : 0));
    }

    internal override void Max(Tensor x, int outer, int length, int inner, Tensor result)
    {
        double[] values = Read(x);
        Write(result, i => Middle(i, length, inner).Select(at => values[at]).Aggregate(Math.Max));
    }

    internal override void MatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        double[] left = Read(a), right = Read(b), before = accumulate ? Read(c) : [];
        int columns = c.Shape[1], depth = a.Shape[transposeA ? 0 : 1];
        Write(c, i =>
        {
            var (row, column) = Math.DivRem(i, columns);
            double sum = accumulate ? before[i] : 0;
            for (int k = 0; k < depth; k++)
                sum += left[transposeA ? (k * a.Shape[1]) + row : (row * depth) + k] * right[transposeB ? (column * depth) + k : (k * columns) + column];
            return sum;
        });
    }

    internal override void CopyBlock(
        Tensor source, int sourceStart, int sourceStride, Tensor destination, int destinationStart, int destinationStride, int rows, int columns)
    {
        int size = source.DataType.SizeOf();
        for (int row = 0; row < rows; row++)
        {
            var from = Bytes(source).Slice((sourceStart + (row * sourceStride)) * size, columns * size);
            from.CopyTo(Bytes(destination)[((destinationStart + (row * destinationStride)) * size)..]);
        }
    }

    internal override void CopyStrided(Tensor x, ReadOnlySpan<int> strides, Tensor result)
    {
        double[] values = Read(x);
        int[] steps = strides.ToArray();
        Write(result, i =>
        {
            int from = 0;
            for (int axis = steps.Length - 1; axis >= 0; axis--)
            {
                from += i % result.Shape[axis] * steps[axis];
                i /= result.Shape[axis];
            }

            return values[from];
        });
    }

    internal override void GatherRows(Tensor table, Tensor indices, int rowLength, Tensor result)
    {
        double[] values = Read(table), rows = Read(indices);
        Write(result, i => values[((int)rows[i / rowLength] * rowLength) + (i % rowLength)]);
    }

    internal override void ScatterAddRows(Tensor rows, Tensor indices, int rowLength, Tensor table)
    {
        double[] sums = Read(table), values = Read(rows), places = Read(indices);
        for (int i = 0; i < places.Length * rowLength; i++)
            sums[((int)places[i / rowLength] * rowLength) + (i % rowLength)] += values[i];
        Write(table, i => sums[i]);
    }

    internal override void Compare(Comparison comparison, Tensor a, Tensor b, Tensor result)
    {
        double[] first = Read(a), second = Read(b);
        Write(result, i => Holds(comparison, first[i], second[i]) ? 1 : 0);
    }

    internal override void Where(Tensor condition, Tensor? a, Tensor? b, Tensor result)
    {
        double[] conditions = Read(condition), first = a is null ? new double[result.Count] : Read(a), second = b is null ? new double[result.Count] : Read(b);
        Write(result, i => conditions[i] != 0 ? first[i] : second[i]);
    }

    internal override void ArgMax(Tensor x, int outer, int length, int inner, bool smallest, Tensor result)
    {
        double[] values = Read(x);
        Write(result, i =>
        {
            double[] run = [.. Middle(i, length, inner).Select(at => values[at])];
            return Array.IndexOf(run, smallest ? run.Min() : run.Max());
        });
    }

    private static Span<byte> Bytes(Tensor x) => ((ReferenceStorage)x.Storage).Bytes.AsSpan(x.StartByte, x.Count * x.DataType.SizeOf());

    private static double[] Read(Tensor x)
    {
        var bytes = Bytes(x);
        double[] values = new double[x.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = x.DataType switch
            {
                DataType.Float32 => MemoryMarshal.Cast<byte, float>(bytes)[i],
                DataType.Float64 => MemoryMarshal.Cast<byte, double>(bytes)[i],
                DataType.Int64 => MemoryMarshal.Cast<byte, long>(bytes)[i],
                _ => MemoryMarshal.Cast<byte, int>(bytes)[i],
            };
        }

        return values;
    }

    private static void Write(Tensor x, Func<int, double> value)
    {
        double[] values = [.. Enumerable.Range(0, x.Count).Select(value)];
        var bytes = Bytes(x);
        for (int i = 0; i < values.Length; i++)
        {
            switch (x.DataType)
            {
                case DataType.Float32: MemoryMarshal.Cast<byte, float>(bytes)[i] = (float)values[i]; break;
                case DataType.Float64: MemoryMarshal.Cast<byte, double>(bytes)[i] = values[i]; break;
                case DataType.Int64: MemoryMarshal.Cast<byte, long>(bytes)[i] = (long)values[i]; break;
                default: MemoryMarshal.Cast<byte, int>(bytes)[i] = (int)values[i]; break;
            }
        }
    }

    /// <summary>The elements that result i of a reduction is made of.</summary>
    private static IEnumerable<int> Middle(int i, int length, int inner) =>
        Enumerable.Range(0, length).Select(j => (((i / inner * length) + j) * inner) + (i % inner));

    /// <summary>Where element i of a result comes from in an operand that is repeated.</summary>
    private static int Place(Shape operand, Shape result, int i)
    {
        int place = 0, stride = 1;
        for (int axis = 1; axis <= operand.Rank; axis++)
        {
            int length = result[result.Rank - axis];
            if (operand[operand.Rank - axis] != 1)
                place += i % length * stride;
            stride *= operand[operand.Rank - axis];
            i /= length;
        }

        return place;
    }

    private static double Value(UnaryKernel kernel, double x) => kernel switch
    {
        UnaryKernel.Identity => x,
        UnaryKernel.Negate => -x,
        UnaryKernel.Exp => Math.Exp(x),
        UnaryKernel.Log => Math.Log(x),
        UnaryKernel.Sqrt => Math.Sqrt(x),
        UnaryKernel.Square => x * x,
        UnaryKernel.Abs => Math.Abs(x),
        UnaryKernel.Reciprocal => 1 / x,
        UnaryKernel.Relu => Math.Max(x, 0),
        UnaryKernel.Tanh => Math.Tanh(x),
        UnaryKernel.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryKernel.Gelu => x * 0.5 * MathNet.Numerics.SpecialFunctions.Erfc(-x / Math.Sqrt(2)),
        UnaryKernel.Erf => MathNet.Numerics.SpecialFunctions.Erf(x),
        UnaryKernel.Sin => Math.Sin(x),
        UnaryKernel.Cos => Math.Cos(x),
        UnaryKernel.Silu => x / (1 + Math.Exp(-x)),
        UnaryKernel.SquaredRelu => Math.Pow(Math.Max(x, 0), 2),
        _ => throw new ArgumentOutOfRangeException(nameof(kernel)),
    };

    private static bool Holds(Comparison comparison, double a, double b) => comparison switch
    {
        Comparison.Equal => a == b,
        Comparison.NotEqual => a != b,
        Comparison.Less => a < b,
        Comparison.LessEqual => a <= b,
        Comparison.Greater => a > b,
        Comparison.GreaterEqual => a >= b,
        Comparison.TakesMaximum => a >= b || double.IsNaN(a),
        _ => a <= b || double.IsNaN(a),
    };
}
