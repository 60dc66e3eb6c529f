namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>Settings of the study over several tasks.</summary>
internal sealed record AllSettings
{
    [Setting("the studies to take together, such as [\"linear-control\", \"arithmetic\"]; each as kappa reproduce dopr/<name> runs it", OnceEach = true)]
    public required IReadOnlyList<string> Studies { get; init; }

    [Setting("whether each runs at the size of hours")]
    public bool Full { get; init; }
}
