namespace Kappa.Tensors;

/// <summary>The one broadcasting rule: shapes are aligned at the innermost axis, and an axis of length 1, or a missing one, repeats.</summary>
internal static class Broadcasting
{
    /// <summary>The shape that two operands broadcast to.</summary>
    /// <exception cref="TensorShapeException">An axis differs and neither length is 1.</exception>
    internal static Shape Combine(Shape a, Shape b, string operation)
    {
        if (a == b)
            return a;
        int rank = Math.Max(a.Rank, b.Rank);
        Span<int> lengths = stackalloc int[rank];
        for (int back = 1; back <= rank; back++)
        {
            int lengthA = back <= a.Rank ? a[-back] : 1;
            int lengthB = back <= b.Rank ? b[-back] : 1;
            if (lengthA != lengthB && lengthA != 1 && lengthB != 1)
            {
                throw new TensorShapeException(
                    $"{operation}: the shapes {a} and {b} do not broadcast: {lengthA} against {lengthB} at axis -{back}. Axes must agree or be 1, counted from "
                    + "the last");
            }

            lengths[rank - back] = lengthA == 1 ? lengthB : lengthA;
        }

        return new Shape(lengths);
    }
}
