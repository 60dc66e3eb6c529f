using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>
/// The mathematics of activation preconditioning (Zhang and others, 2026, arXiv 2606.06418). A layer y = W z with W
/// <c>[out, in]</c> saw the rows Z <c>[n, in]</c> and has the output gradients E <c>[n, out]</c>, so that G = E^T Z. With
/// <code>
/// S   = Z^T Z / n
/// tau = gamma tr(S) / in + floor
/// M   = G (S + tau I)^-1                          primal
///     = E^T (Z Z^T / n + tau I)^-1 Z              dual, by (Z^T Z / n + tau I) Z^T = Z^T (Z Z^T / n + tau I)
/// </code>
/// whatever factor the loss has put into E: both forms are linear in it.
/// </summary>
internal static class ActivationPreconditioning
{
    /// <summary>tau from the trace of S and the number of inputs.</summary>
    internal static double Damping(double trace, int inputs, DoPrOptions options) => options.Floor + options.Damping switch
    {
        DampingRule.RelativeToMean => options.Gamma * trace / inputs,
        DampingRule.RelativeToTrace => options.Gamma * trace,
        _ => options.Gamma,
    };

    /// <summary>
    /// Whether the damping alone keeps so few digits of S + tau I in single precision that a layer is solved in double precision from the start. The largest
    /// eigenvalue is at most the trace, so tau is at least this share of it; an absolute damping is judged as if inputs had a mean square of 1.
    /// </summary>
    internal static bool NeedsDoublePrecision(int inputs, DoPrOptions options) =>
        options.Gamma / (options.Damping == DampingRule.RelativeToTrace ? 1 : inputs) < SmallestPivotRatio(DataType.Float32);

    /// <summary>Whether single precision holds squares of this trace, their quotients with a gradient, and what small damping is made of.</summary>
    internal static bool IsHeld(double trace) => trace is > 1e-20 and < 1e30;

    /// <summary>Whether the dual form costs fewer flops than the primal one; the weight-gradient product is common to both.</summary>
    internal static bool DualIsCheaper(double rows, double inputs, double outputs)
    {
        double dual = (rows * rows * inputs) + (rows * rows * rows / 3) + (2 * rows * rows * outputs);
        double primal = (rows * inputs * inputs) + (inputs * inputs * inputs / 3) + (2 * outputs * inputs * inputs);
        return dual <= primal;
    }

    /// <summary>The trace of a square matrix, in double precision.</summary>
    internal static double Trace(Tensor matrix) => matrix.Backend.Trace(matrix);

    /// <summary>Writes the factor L of matrix + damping I = L L^T over destination, which may be the matrix.</summary>
    /// <returns>Whether the matrix is positive definite, and its pivots are not so far apart that the smallest one is made of rounding errors.</returns>
    internal static bool Factor(Tensor matrix, double damping, Tensor destination)
    {
        if (destination != matrix)
            destination.CopyFromInPlace(matrix);
        destination.Backend.AddToDiagonal(destination, damping);
        return destination.Backend.CholeskyFactor(destination) < 0 && HoldsDigits(destination);
    }

    /// <summary>Whether a factor's pivots are not so far apart that the smallest one is made of rounding errors.</summary>
    internal static bool HoldsDigits(Tensor factor)
    {
        var (smallest, largest) = factor.Backend.DiagonalRange(factor);
        // Pivots are the squares of the factor's diagonal; their ratio is at least that of the extreme eigenvalues.
        double ratio = smallest / largest;
        return factor.Count == 0 || ratio * ratio >= SmallestPivotRatio(factor.DataType);
    }

    /// <summary>M in double precision, whatever the type of its arguments, by the smaller of the two systems.</summary>
    /// <param name="input">Z, <c>[n, in]</c>, with the column of ones where the bias is included.</param>
    /// <param name="outputGradient">E, <c>[n, out]</c>.</param>
    /// <param name="otherGradient">What else contributed to G, <c>[out, in]</c>; null for nothing.</param>
    /// <param name="options">The damping.</param>
    /// <param name="damping">tau.</param>
    /// <returns><c>[out, in]</c>, Float64; null where double precision does not suffice either.</returns>
    internal static Tensor? InDoublePrecision(Tensor input, Tensor outputGradient, Tensor? otherGradient, DoPrOptions options, out double damping)
    {
        var backend = input.Backend;
        var z = input.To(DataType.Float64);
        var e = outputGradient.To(DataType.Float64);
        int rows = z.Shape[0], inputs = z.Shape[1];
        bool isDual = rows <= inputs && otherGradient is null;
        int size = isDual ? rows : inputs;
        var matrix = z.New([size, size]);
        backend.SymmetricRankUpdate(transposed: !isDual, z, matrix, 1.0 / rows, accumulate: false);
        damping = Damping(Trace(matrix), inputs, options);
        if (!double.IsFinite(damping) || !Factor(matrix, damping, matrix))
            return null;
        if (isDual)
        {
            var solved = e.New(e.Shape);
            backend.CholeskySolveLeft(matrix, e, solved);
            return solved.MatMul(z, transposeA: true);
        }

        var gradient = e.MatMul(z, transposeA: true);
        if (otherGradient is not null)
            gradient += otherGradient;
        backend.CholeskySolveRight(matrix, gradient, gradient);
        return gradient;
    }

    /// <summary>Below it a type has too few digits left for M: at it, single precision was seen to be off by up to about 1%.</summary>
    private static double SmallestPivotRatio(DataType type) => Math.ScaleB(1, type == DataType.Float32 ? -16 : -48);
}
