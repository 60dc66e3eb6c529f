namespace Kappa.Tensors.Kernels;

/// <content>Sums to one number, and sums up to each element.</content>
internal abstract partial class Backend
{
    /// <summary>The sum over all elements of (a - b)^2, pairwise and in double precision.</summary>
    internal virtual double SumOfSquaredDifferences(Tensor a, Tensor b)
    {
        using var _ = Composed.Begin();
        return Total((Wide(a, a.Shape) - Wide(b, a.Shape)).Square());
    }

    /// <summary>The sum over all elements of x^2, pairwise and in double precision.</summary>
    internal virtual double SumOfSquares(Tensor x)
    {
        using var _ = Composed.Begin();
        return Total(Wide(x).Square());
    }

    /// <summary>The sum over all elements of a b, pairwise and in double precision.</summary>
    internal virtual double Dot(Tensor a, Tensor b)
    {
        using var _ = Composed.Begin();
        return Total(Wide(a, a.Shape) * Wide(b, a.Shape));
    }

    /// <summary>
    /// The sum of (scale x)^2 over several tensors, some of them absent. Short runs are added up in the element type and the runs in double precision; a run of
    /// single precision whose squares overflow or vanish is added up in double precision as well.
    /// </summary>
    internal virtual double SumOfSquares(Tensor?[] tensors, double scale)
    {
        using var _ = Composed.Begin();
        double sum = 0;
        foreach (var tensor in tensors)
            sum += tensor is null ? 0 : Total((Wide(tensor) * scale).Square());
        return sum;
    }

    /// <summary>The largest |x|; NaN where there is one, 0 without elements.</summary>
    internal virtual double LargestMagnitude(Tensor x)
    {
        if (x.Count == 0)
            return 0;
        using var _ = Composed.Begin();
        var largest = x.New([]);
        Max(x.Abs(), 1, x.Count, 1, largest);
        return largest.ElementAsDouble(0);
    }

    /// <summary>The Euclidean norm over several tensors, some of them absent, whatever their scale: NaN or infinite only where an element is, or where the norm
    /// itself is out of range.</summary>
    internal double Norm(params Tensor?[] tensors)
    {
        double sum = SumOfSquares(tensors, 1);
        // Squares of double precision lose digits beyond; a sum of zero may be one of squares that vanished.
        if (double.IsNaN(sum) || sum is > 1e-250 and < double.PositiveInfinity)
            return Math.Sqrt(sum);
        double largest = 0;
        foreach (var tensor in tensors)
            largest = Math.Max(largest, tensor is null ? 0 : LargestMagnitude(tensor));
        if (largest == 0 || !double.IsFinite(largest))
            return largest;
        double scale = Math.ScaleB(1, -Math.Clamp(Math.ILogB(largest), -1000, 1000));
        return Math.Sqrt(SumOfSquares(tensors, scale)) / scale;
    }

    /// <summary>Sums up to and with each element along the middle axis of x seen as [outer, length, inner], or from it on, compensated and in double
    /// precision.</summary>
    internal virtual void CumulativeSum(Tensor x, int outer, int length, int inner, bool reverse, Tensor result)
    {
        using var _ = Composed.Begin();
        double[] ones = new double[(long)length * length];
        for (int i = 0; i < ones.Length; i++)
            ones[i] = reverse ? i % length >= i / length ? 1 : 0 : i % length <= i / length ? 1 : 0;
        var sums = Numbers(ones, [length, length], x);
        var columns = Wide(x, [outer, length, inner]);
        var totals = columns.New(columns.Shape);
        for (int o = 0; o < outer; o++)
        {
            using var from = columns.Entry(o);
            using var to = totals.Entry(o);
            MatMul(false, false, sums, from, to, accumulate: false);
        }

        Put(totals.To(result.DataType), result);
    }

    private double Total(Tensor wide)
    {
        var sum = wide.New([]);
        Sum(wide, 1, wide.Count, 1, 1, sum, accumulate: false);
        return sum.ElementAsDouble(0);
    }
}
