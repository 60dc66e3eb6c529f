namespace Kappa.Lab.Reports;

/// <summary>A report: what every study gives to <see cref="ReportWriter"/>.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Environment">Where and by what it was made.</param>
/// <param name="Parts">The studies in it, at least one.</param>
public sealed record Report(string Title, RunEnvironment Environment, IReadOnlyList<ReportPart> Parts);
