using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>The sum of z z^T over the rows of one input or several. Layers that saw the same inputs in the same order hold one object.</summary>
internal sealed class InputSum
{
    private const int BandColumns = 32;

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

    /// <summary>The lower triangle row by row, then the sum of z: in double precision, as a vector on the host that belongs to no scope.</summary>
    internal Tensor Pack()
    {
        using var outside = TensorScope.Suspend();
        int n = Products.Shape[0];
        var packed = Tensor.Uninitialized([RowStart(n) + (Columns?.Count ?? 0)], DataType.Float64);
        var to = packed.WritableValues<double>();
        var host = Products.OnHost();
        for (int row = 0; row < n; row++)
        {
            var into = to.Slice(RowStart(row), row + 1);
            if (host.DataType == DataType.Float32)
                TensorPrimitives.ConvertChecked(host.ReadOnlyValues<float>().Slice(row * n, row + 1), into);
            else
                host.ReadOnlyValues<double>().Slice(row * n, row + 1).CopyTo(into);
        }

        if (host != Products)
            host.Dispose();
        Columns?.To(DataType.Float64).ToArray<double>().CopyTo(to[RowStart(n)..]);
        return packed;
    }

    /// <summary>What <see cref="Pack"/> packed, of so many inputs and rows, on a device.</summary>
    internal static InputSum Unpack(ReadOnlySpan<double> packed, int inputs, long rows, Device device)
    {
        using var outside = TensorScope.Suspend();
        var products = Tensor.Uninitialized([inputs, inputs], DataType.Float64);
        var to = products.WritableValues<double>();
        for (int row = 0; row < inputs; row++)
            packed.Slice(RowStart(row), row + 1).CopyTo(to[(row * inputs)..]);
        // Above the diagonal rows are columns of the triangle: a few of them at a time, so that what is read stays near.
        for (int band = 0; band < inputs; band += BandColumns)
        {
            int end = Math.Min(inputs, band + BandColumns);
            for (int row = 0; row < end; row++)
            {
                for (int column = Math.Max(row + 1, band); column < end; column++)
                    to[(row * inputs) + column] = packed[RowStart(column) + row];
            }
        }

        Tensor? columns = null;
        if (packed.Length > RowStart(inputs))
        {
            columns = Tensor.Uninitialized([inputs], DataType.Float64);
            packed[RowStart(inputs)..].CopyTo(columns.WritableValues<double>());
        }

        return new InputSum(products.On(device), columns?.On(device), rows);
    }

    /// <summary>Where a row of a packed triangle begins.</summary>
    private static int RowStart(int row) => row * (row + 1) / 2;

    /// <summary>The sum with the rows of a further input, <c>[n, in]</c>: n in^2 flops. The holder of the sum before lets go of it.</summary>
    /// <remarks>In the input's type; in double precision where single does not hold the squares.</remarks>
    internal static InputSum Extend(InputSum? before, Tensor input, bool withColumns)
    {
        using var outside = TensorScope.Suspend();
        var type = before is null ? input.DataType : TypeWith(before, input);
        var sum = Add(before, input, withColumns, type);
        if (before is null && type == DataType.Float32 && !ActivationPreconditioning.IsHeld(sum.Trace) && input.Backend.LargestMagnitude(input) != 0)
        {
            sum.Release();
            sum = Add(null, input, withColumns, DataType.Float64);
        }

        before?.Release();
        return sum;
    }

    private double Trace => ActivationPreconditioning.Trace(Products);

    private static DataType TypeWith(InputSum before, Tensor input)
    {
        var type = before.Products.DataType;
        return type == DataType.Float64 || ActivationPreconditioning.IsHeld(before.Trace + input.Backend.SumOfSquares([input], 1)) ? type : DataType.Float64;
    }

    private static InputSum Add(InputSum? before, Tensor input, bool withColumns, DataType type)
    {
        int inputs = input.Shape[1];
        using var converted = input.DataType == type ? null : input.To(type);
        var rows = converted ?? input;
        var products = Continue(before, before?.Products, [inputs, inputs], type, input.Device);
        var columns = withColumns ? Continue(before, before?.Columns, [inputs], type, input.Device) : null;
        products.Backend.SymmetricRankUpdate(transposed: true, rows, products, 1, accumulate: before is not null);
        if (columns is not null)
            columns.Backend.Sum(rows, 1, input.Shape[0], inputs, 1, columns, accumulate: before is not null);
        return new InputSum(products, columns, (before?.Rows ?? 0) + input.Shape[0]);
    }

    /// <summary>The memory before, where nobody else needs it and the type is the same, or a copy.</summary>
    private static Tensor Continue(InputSum? before, Tensor? values, Shape shape, DataType type, Device device) =>
        values is null ? Tensor.Uninitialized(shape, type, device)
        : values.DataType != type ? values.To(type)
        : before!.Holders == 1 ? values.Alias(shape)
        : values.Clone();
}
