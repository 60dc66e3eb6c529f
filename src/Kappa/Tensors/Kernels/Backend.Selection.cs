namespace Kappa.Tensors.Kernels;

/// <content>Elements that are picked.</content>
internal abstract partial class Backend
{
    /// <summary>result[i] = x[indices[i]], over all elements.</summary>
    internal virtual void Select(Tensor x, Tensor indices, Tensor result) => GatherRows(x, indices, 1, result);

    /// <summary>result = zeros, or what is there when asked, and then result[indices[i]] += gradient[i], where the i of each of the blocks, of equal size,
    /// point into that block of result. Says whether indices may repeat.</summary>
    internal virtual void SelectDerivative(Tensor gradient, Tensor indices, int blocks, bool repeats, Tensor result, bool accumulate)
    {
        if (!accumulate)
            Fill(result, 0);
        ScatterAddRows(gradient, indices, 1, result);
    }

    /// <summary>The k largest along the middle axis of x seen as [outer, length, inner], or the smallest, the best and the first of equals first: the elements,
    /// their places along the axis, and their flat indices, each [outer, k, inner]. Without NaN. By default on the host.</summary>
    internal virtual void TopK(Tensor x, int outer, int length, int inner, int k, bool smallest, Tensor values, Tensor places, Tensor indices)
    {
        using var _ = Composed.Begin();
        var (best, where, flat) = (Tensor.Uninitialized(values.Shape, values.DataType), Tensor.Uninitialized(values.Shape, DataType.Int32),
            Tensor.Uninitialized(values.Shape, DataType.Int32));
        Device.Cpu.Backend.TopK(x.To(Device.Cpu), outer, length, inner, k, smallest, best, where, flat);
        values.CopyFromInPlace(best);
        places.CopyFromInPlace(where);
        indices.CopyFromInPlace(flat);
    }

    /// <summary>y = each group of consecutive channels sorted, for x [batch, channels, pixels]; order = where each element came from, as a flat index; equals
    /// keep their order. By default the host says the order.</summary>
    internal virtual void GroupSort(Tensor x, int batch, int channels, int pixels, int group, bool descending, Tensor y, Tensor order)
    {
        using var _ = Composed.Begin();
        var (sorted, from) = (Tensor.Uninitialized(y.Shape, y.DataType), Tensor.Uninitialized(order.Shape, DataType.Int32));
        Device.Cpu.Backend.GroupSort(x.To(Device.Cpu), batch, channels, pixels, group, descending, sorted, from);
        y.CopyFromInPlace(sorted);
        order.CopyFromInPlace(from);
    }
}
