namespace Kappa.Units;

/// <summary>A layer whose outputs are not taken for hidden units.</summary>
/// <param name="Path">The layer's path in the model.</param>
/// <param name="Count">Its outputs.</param>
/// <param name="Reason">Why.</param>
public sealed record UnitsLeftAlone(string Path, int Count, string Reason);
