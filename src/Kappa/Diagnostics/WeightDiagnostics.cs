namespace Kappa.Diagnostics;

/// <summary>One weight as a matrix.</summary>
/// <param name="Parameter">Its path.</param>
/// <param name="Rows">Rows, outputs.</param>
/// <param name="Columns">Columns: inputs, times the kernel of a convolution.</param>
/// <param name="Largest">The largest singular value.</param>
/// <param name="Smallest">The smallest; an upper bound where <paramref name="IsExact"/> is false.</param>
/// <param name="Condition">The largest over the smallest; null where that is infinite.</param>
/// <param name="EffectiveRank">exp of the entropy of the squares; null where only the extremes are known.</param>
/// <param name="StableRank">The squared norm over the square of the largest.</param>
/// <param name="DistanceFromIsometry">The root of the mean of (x - 1)^2 over the singular values x; null where only the extremes are known.</param>
/// <param name="Norm">The Frobenius norm.</param>
/// <param name="Update">The Frobenius norm of what the last step added; null where <see cref="TrainingDiagnostics.BeforeStep"/> was not called before
/// it.</param>
/// <param name="IsExact">Whether all singular values were computed; otherwise the extremes come from products alone.</param>
public sealed record WeightDiagnostics(
    string Parameter,
    int Rows,
    int Columns,
    double Largest,
    double Smallest,
    double? Condition,
    double? EffectiveRank,
    double StableRank,
    double? DistanceFromIsometry,
    double Norm,
    double? Update,
    bool IsExact);
