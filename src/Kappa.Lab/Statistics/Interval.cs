namespace Kappa.Lab.Statistics;

/// <summary>An estimate and its 95% bootstrap interval over seeds.</summary>
/// <param name="Estimate">The median or mean of the observations.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record Interval(double Estimate, double Low, double High);
