using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>The sum of z z^T over the rows of one input or several. Layers that saw the same inputs in the same order hold one object.</summary>
internal sealed class InputSum
{
    private InputSum(Tensor products, Tensor? columns, long rows) => (Products, Columns, Rows) = (products, columns, rows);

    /// <summary>The sum of z z^T, <c>[in, in]</c>.</summary>
    internal Tensor Products { get; }

    /// <summary>The sum of z, <c>[in]</c>; null where no bias is included.</summary>
    internal Tensor? Columns { get; }

    /// <summary>How many rows.</summary>
    internal long Rows { get; }

    /// <summary>How many layers hold it; at 0 its memory is given back.</summary>
    internal int Holders { get; private set; } = 1;

    internal InputSum Hold()
    {
        Holders++;
        return this;
    }

    internal void Release()
    {
        if (--Holders > 0)
            return;
        Products.Dispose();
        Columns?.Dispose();
    }

    /// <summary>The sum with the rows of a further input, <c>[n, in]</c>: n in^2 flops. The holder of the sum before lets go of it.</summary>
    internal static InputSum Extend(InputSum? before, Tensor input, bool withColumns)
    {
        using var outside = TensorScope.Suspend();
        int inputs = input.Shape[1];
        var products = Continue(before, before?.Products, [inputs, inputs], input.DataType);
        var columns = withColumns ? Continue(before, before?.Columns, [inputs], input.DataType) : null;
        Backend.Current.SymmetricRankUpdate(transposed: true, input, products, 1, accumulate: before is not null);
        if (columns is not null)
            Backend.Current.Sum(input, 1, input.Shape[0], inputs, 1, columns, accumulate: before is not null);
        long rows = (before?.Rows ?? 0) + input.Shape[0];
        before?.Release();
        return new InputSum(products, columns, rows);
    }

    /// <summary>The memory before, where nobody else needs it, or a copy.</summary>
    private static Tensor Continue(InputSum? before, Tensor? values, Shape shape, DataType type) =>
        values is null ? Tensor.Uninitialized(shape, type)
        : before!.Holders == 1 ? values.Alias(shape)
        : values.Clone();
}
