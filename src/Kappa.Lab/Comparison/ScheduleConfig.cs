namespace Kappa.Lab.Comparison;

/// <summary>How the learning rate changes over a trial.</summary>
/// <param name="Warmup">Steps over which the rate rises linearly to its full value; 0 for none.</param>
/// <param name="Decay"><c>cosine</c> or <c>linear</c>, down to 0 at the last step, or <c>none</c>.</param>
public sealed record ScheduleConfig(int Warmup, string Decay);
