using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>How far the directions of the state that a policy looks at are from those that the demonstrator looks at.</summary>
internal static class FeatureSubspace
{
    /// <summary>The operator norm of <c>P_G (I - P_G*)</c>: the sine of the largest angle between the two subspaces, 0 (the same) to 1.</summary>
    /// <param name="gain">The policy's K, <c>[actions, states]</c>.</param>
    /// <param name="demonstrator">K*, of rank d.</param>
    /// <param name="rank">d.</param>
    /// <remarks>P is the orthogonal projection on the span of the top d right singular vectors of K = F G. For a hidden layer no wider than d that is the row
    /// space of G; for a wider one the row space of G is usually everything, and what K uses of it is what counts.</remarks>
    public static double Distance(Matrix<double> gain, Matrix<double> demonstrator, int rank)
    {
        var basis = RightBasis(gain, rank);
        var reference = RightBasis(demonstrator, rank);
        // P_G = V V^T with orthonormal columns, so that the norm is that of V^T (I - P_G*).
        var outside = basis - (reference * reference.TransposeThisAndMultiply(basis));
        return Math.Clamp(outside.L2Norm(), 0, 1);
    }

    private static Matrix<double> RightBasis(Matrix<double> gain, int rank) =>
        gain.Svd().VT.SubMatrix(0, rank, 0, gain.ColumnCount).Transpose();
}
