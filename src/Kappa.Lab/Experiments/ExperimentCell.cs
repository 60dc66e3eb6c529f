namespace Kappa.Lab.Experiments;

/// <summary>One piece of an experiment's work, such as one training run: repeatable, independent of the others.</summary>
/// <param name="Key">What it is, such as <c>adamw/lr=0.001/seed=3</c>; unique in the experiment.</param>
/// <param name="Run">Does it and returns what it found. The same bits every time, whatever the number of threads.</param>
public sealed record ExperimentCell(string Key, Func<CellContext, JsonObject> Run)
{
    /// <summary>About how much work it is, against the other cells; for the progress bar.</summary>
    public double Weight { get; init; } = 1;
}
