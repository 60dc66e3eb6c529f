namespace Kappa.Isometry;

/// <summary>The strength of the penalty for some weights.</summary>
/// <param name="Pattern">Which: a parameter's path, where <c>*</c> stands for any text, such as <c>block0.*</c>; upper and lower case are one.</param>
/// <param name="Strength">lambda for them; zero or more, finite.</param>
public sealed record LayerStrength(string Pattern, double Strength);
