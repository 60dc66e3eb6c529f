namespace Kappa.Tables.Methods;

/// <summary>What a sweep chose.</summary>
/// <param name="Best">A value for each axis.</param>
/// <param name="Axes">The axes as they were in the end.</param>
/// <param name="Count">How many points were tried.</param>
/// <param name="AtEnds">The axes at an end of which the best value lies, although the sweep could grow.</param>
internal sealed record SweepOutcome(IReadOnlyDictionary<string, double> Best, IReadOnlyList<SweepAxis> Axes, int Count, IReadOnlyList<string> AtEnds);
