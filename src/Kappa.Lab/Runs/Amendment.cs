namespace Kappa.Lab.Runs;

/// <summary>A change of the config of a run on its way.</summary>
/// <param name="Step">The step from which it counts.</param>
/// <param name="Changes">A line for each field, with what it was and what it is.</param>
public sealed record Amendment(long Step, IReadOnlyList<string> Changes)
{
    /// <summary>In one line, such as <c>from step 500: seed: 0 before, 1 now</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"from step {Step}: {string.Join("; ", Changes)}");
}
