namespace Kappa.Tensors.Kernels;

/// <content>Comparisons and what is picked by them.</content>
internal sealed partial class GuardedBackend
{
    internal override void Compare(Comparison comparison, Tensor a, Tensor b, Tensor result)
    {
        Reads(a, result.Count);
        Reads(b, result.Count);
        Writes(result, result.Count);
        kernels.Compare(comparison, a, b, result);
    }

    internal override void Where(Tensor condition, Tensor? a, Tensor? b, Tensor result)
    {
        Reads(condition, result.Count);
        Reads(a, result.Count);
        Reads(b, result.Count);
        Writes(result, result.Count);
        kernels.Where(condition, a, b, result);
    }

    internal override void ArgMax(Tensor x, int outer, int length, int inner, bool smallest, Tensor result)
    {
        Reads(x, (long)outer * length * inner);
        Writes(result, (long)outer * inner);
        kernels.ArgMax(x, outer, length, inner, smallest, result);
    }

    internal override void TopK(Tensor x, int outer, int length, int inner, int k, bool smallest, Tensor values, Tensor places, Tensor indices)
    {
        Reads(x, (long)outer * length * inner);
        Writes(values, (long)outer * k * inner);
        Writes(places, (long)outer * k * inner);
        Writes(indices, (long)outer * k * inner);
        kernels.TopK(x, outer, length, inner, k, smallest, values, places, indices);
    }

    internal override void CumulativeSum(Tensor x, int outer, int length, int inner, bool reverse, Tensor result)
    {
        Reads(x, (long)outer * length * inner);
        Writes(result, (long)outer * length * inner);
        kernels.CumulativeSum(x, outer, length, inner, reverse, result);
    }
}
