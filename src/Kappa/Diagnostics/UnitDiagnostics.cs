namespace Kappa.Diagnostics;

/// <summary>The units of one activation.</summary>
/// <param name="Layer">Its path.</param>
/// <param name="Units">How many there are.</param>
/// <param name="Dormant">How many are dormant.</param>
/// <param name="DormantFraction">The share.</param>
public sealed record UnitDiagnostics(string Layer, int Units, int Dormant, double DormantFraction);
