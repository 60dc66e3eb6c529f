namespace Kappa.LinearAlgebra.Solvers;

/// <summary>The ends of a spectrum, found by products.</summary>
/// <param name="Largest">The largest singular value: from below.</param>
/// <param name="LargestResidual">Within so much of it there is a singular value.</param>
/// <param name="Smallest">The smallest of the min(rows, columns) singular values: from above, and often far from it while its residual is large.</param>
/// <param name="SmallestResidual">Within so much of it there is a singular value.</param>
/// <param name="LargestConverged">Whether the residual of the largest is within the tolerance, and one that is larger by more than it would have shown, but for
/// a risk of 1e-5.</param>
/// <param name="SmallestConverged">The same of the smallest: its residual, and whether a smaller one would have shown.</param>
/// <param name="Iterations">Iterations made.</param>
/// <param name="Products">Products with the matrix or its transpose.</param>
/// <param name="Seed">The seed of the starting vector.</param>
public sealed record ExtremeSingularValues(
    double Largest,
    double LargestResidual,
    double Smallest,
    double SmallestResidual,
    bool LargestConverged,
    bool SmallestConverged,
    int Iterations,
    int Products,
    int Seed);
