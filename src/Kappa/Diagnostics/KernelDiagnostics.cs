namespace Kappa.Diagnostics;

/// <summary>The empirical tangent kernel at some inputs.</summary>
/// <param name="Inputs">At how many.</param>
/// <param name="Largest">The largest eigenvalue.</param>
/// <param name="Smallest">The smallest.</param>
/// <param name="Condition">The first over the second; null where that is infinite.</param>
/// <param name="EffectiveRank">exp of the entropy of the eigenvalues.</param>
public sealed record KernelDiagnostics(int Inputs, double Largest, double Smallest, double? Condition, double EffectiveRank);
