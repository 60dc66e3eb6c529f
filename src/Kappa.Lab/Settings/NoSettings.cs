namespace Kappa.Lab.Settings;

/// <summary>The settings of a kind that has none.</summary>
public sealed record NoSettings;
