namespace Kappa.Lab.Statistics;

/// <summary>A vertical line in a plot, such as where a run was amended.</summary>
/// <param name="X">Where it is.</param>
/// <param name="Text">What happened there.</param>
public sealed record PlotMark(double X, string Text);
