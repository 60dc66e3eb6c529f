using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <summary>Kernels of libtorch. Every temporary is a native handle, given back at the end of the call.</summary>
internal sealed partial class TorchBackend : Backend
{
    private readonly torch.Device _place;

    private readonly MatrixPrecision _precision;

    internal TorchBackend(torch.Device place, MatrixPrecision precision = MatrixPrecision.Float32)
    {
        (_place, _precision) = (place, precision);
        string suffix = precision == MatrixPrecision.Float32 ? "" : $" in {precision}";
        Device = new Device($"torch:{place}{suffix}", this, precision);
    }

    internal Device Device { get; }

    internal override TensorStorage Allocate(DataType type, int count)
    {
        using var quiet = torch.no_grad();
        return new TorchStorage(Device, torch.empty(count, dtype: TorchTypes.Of(type), device: _place).DetachFromDisposeScope());
    }

    /// <summary>A tensor over the same memory, in its shape.</summary>
    internal static torch.Tensor View(Tensor x)
    {
        using var quiet = torch.no_grad();
        using var flat = Flat(x);
        return flat.view([.. x.Shape.ToArray().Select(length => (long)length)]);
    }

    internal override void Fill(Tensor x, double value)
    {
        using var call = Call.Begin();
        _ = Flat(x).fill_(x.DataType.IsFloating() ? value.ToScalar() : checked((long)value).ToScalar());
    }

    internal override void Copy(Tensor x, Tensor result)
    {
        using var call = Call.Begin();
        _ = Flat(result).copy_(Flat(x));
    }

    internal override void Convert(Tensor x, Tensor result) => Copy(x, result);

    internal override void Unary(UnaryKernel kernel, Tensor x, Tensor result)
    {
        using var call = Call.Begin();
        var values = Flat(x);
        _ = Flat(result).copy_(kernel switch
        {
            UnaryKernel.Identity => values,
            UnaryKernel.Negate => values.neg(),
            UnaryKernel.Exp => values.exp(),
            UnaryKernel.Log => values.log(),
            UnaryKernel.Sqrt => values.sqrt(),
            UnaryKernel.Square => values.square(),
            UnaryKernel.Abs => values.abs(),
            UnaryKernel.Reciprocal => values.reciprocal(),
            UnaryKernel.Relu => values.relu(),
            UnaryKernel.Tanh => values.tanh(),
            UnaryKernel.Sigmoid => values.sigmoid(),
            UnaryKernel.Gelu => torch.nn.functional.gelu(values),
            UnaryKernel.Silu => torch.nn.functional.silu(values),
            UnaryKernel.Erf => values.erf(),
            UnaryKernel.Sin => values.sin(),
            UnaryKernel.Cos => values.cos(),
            UnaryKernel.SquaredRelu => values.relu().square(),
            _ => throw new ArgumentOutOfRangeException(nameof(kernel)),
        });
    }

    internal override void Binary(BinaryKernel kernel, Tensor a, Tensor b, Tensor result)
    {
        using var call = Call.Begin();
        torch.Tensor first = View(a), second = View(b);
        _ = View(result).copy_(kernel switch
        {
            BinaryKernel.Add => first + second,
            BinaryKernel.Subtract => first - second,
            BinaryKernel.Multiply => first * second,
            _ => first / second,
        });
    }

    internal override void Affine(Tensor x, double scale, double offset, Tensor result)
    {
        using var call = Call.Begin();
        var product = Flat(x) * scale;
        _ = Flat(result).copy_(offset == 0 ? product : product.add_(offset));
    }

    internal override void Sum(Tensor x, int outer, int length, int inner, double divisor, Tensor result, bool accumulate)
    {
        using var call = Call.Begin();
        var sums = Flat(x).view(outer, length, inner).sum(1, type: torch.ScalarType.Float64).view(-1);
        if (divisor != 1)
            sums = sums / divisor;
        Put(sums, Flat(result), accumulate);
    }

    internal override void Max(Tensor x, int outer, int length, int inner, Tensor result)
    {
        using var call = Call.Begin();
        if (result.Count > 0)
            _ = Flat(result).copy_(Flat(x).view(outer, length, inner).amax([1]).view(-1));
    }

    internal override void MatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        using var call = Call.Begin();
        torch.Tensor left = View(a), right = View(b);
        Put(Product(transposeA ? left.t() : left, transposeB ? right.t() : right), View(c), accumulate);
    }

    internal override void CopyBlock(
        Tensor source, int sourceStart, int sourceStride, Tensor destination, int destinationStart, int destinationStride, int rows, int columns)
    {
        if (rows == 0 || columns == 0)
            return;
        using var call = Call.Begin();
        torch.Tensor from = Flat(source), to = Flat(destination);
        _ = to.as_strided([rows, columns], [destinationStride, 1], to.storage_offset() + destinationStart)
            .copy_(from.as_strided([rows, columns], [sourceStride, 1], from.storage_offset() + sourceStart));
    }

    internal override void CopyStrided(Tensor x, ReadOnlySpan<int> strides, Tensor result)
    {
        if (result.Count == 0)
            return;
        long[] steps = new long[strides.Length];
        for (int axis = 0; axis < steps.Length; axis++)
            steps[axis] = strides[axis];
        using var call = Call.Begin();
        var (from, to) = (Flat(x), View(result));
        _ = to.copy_(from.as_strided(to.shape, steps, from.storage_offset()));
    }

    internal override void GatherRows(Tensor table, Tensor indices, int rowLength, Tensor result)
    {
        if (result.Count == 0)
            return;
        using var call = Call.Begin();
        _ = Flat(result).view(-1, rowLength).copy_(Flat(table).view(-1, rowLength).index_select(0, Flat(indices).to(torch.int64)));
    }

    internal override void ScatterAddRows(Tensor rows, Tensor indices, int rowLength, Tensor table)
    {
        if (indices.Count == 0 || rowLength == 0)
            return;
        using var call = Call.Begin();
        _ = Flat(table).view(-1, rowLength).index_add_(0, Flat(indices).to(torch.int64), Flat(rows).view(-1, rowLength), 1);
    }

    internal override void Compare(Comparison comparison, Tensor a, Tensor b, Tensor result)
    {
        using var call = Call.Begin();
        torch.Tensor x = Flat(a), y = Flat(b);
        _ = Flat(result).copy_(comparison switch
        {
            Comparison.Equal => x.eq(y),
            Comparison.NotEqual => x.ne(y),
            Comparison.Less => x.lt(y),
            Comparison.LessEqual => x.le(y),
            Comparison.Greater => x.gt(y),
            Comparison.GreaterEqual => x.ge(y),
            Comparison.TakesMaximum => x.ge(y).logical_or(x.ne(x)),
            _ => x.le(y).logical_or(x.ne(x)),
        });
    }

    internal override void Where(Tensor condition, Tensor? a, Tensor? b, Tensor result)
    {
        using var call = Call.Begin();
        var zero = torch.zeros(1, dtype: TorchTypes.Of(result.DataType), device: _place);
        _ = Flat(result).copy_(torch.where(Flat(condition).ne(0), a is null ? zero : Flat(a), b is null ? zero : Flat(b)));
    }

    internal override void ArgMax(Tensor x, int outer, int length, int inner, bool smallest, Tensor result)
    {
        using var call = Call.Begin();
        var values = Flat(x).view(outer, length, inner);
        var best = smallest ? values.amin([1], keepdim: true) : values.amax([1], keepdim: true);
        // argmax gives any of equals; this is the first.
        var places = torch.arange(length, device: _place).view(1, length, 1);
        _ = Flat(result).copy_(torch.where(values.eq(best), places, length).amin([1]).view(-1));
    }

    /// <summary>The elements along one axis.</summary>
    private static torch.Tensor Flat(Tensor x)
    {
        var storage = (TorchStorage)x.Storage;
        return storage.Flat.narrow(0, x.StartByte / x.DataType.SizeOf(), x.Count);
    }

    private static void Put(torch.Tensor made, torch.Tensor result, bool accumulate)
    {
        if (accumulate)
            _ = result.add_(made.dtype == result.dtype ? made : made.to(result.dtype));
        else
            _ = result.copy_(made);
    }

    /// <summary>One call: nothing is recorded, and all that is made is given back.</summary>
    private readonly ref struct Call
    {
        private readonly DisposeScope _scope;
        private readonly IDisposable _quiet;

        private Call(DisposeScope scope, IDisposable quiet) => (_scope, _quiet) = (scope, quiet);

        internal static Call Begin() => new(torch.NewDisposeScope(), torch.no_grad());

        public void Dispose()
        {
            _scope.Dispose();
            _quiet.Dispose();
        }
    }
}
