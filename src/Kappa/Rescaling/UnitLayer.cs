namespace Kappa.Rescaling;

/// <summary>The units that one layer makes: one label for each of its output channels.</summary>
internal sealed record UnitLayer(string Path, string Kind, int[] Labels);
