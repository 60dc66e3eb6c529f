namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>Settings of the study over several tasks.</summary>
internal sealed record AllSettings
{
    [Setting("the studies to take together, such as [\"linear-control\", \"arithmetic\"]; each as kappa reproduce dopr/<name> runs it", OnceEach = true)]
    public required IReadOnlyList<string> Studies { get; init; }

    [Setting(
        "folders of finished runs of kappa reproduce dopr/<name>, relative to the current folder, whose results stand for their studies, with the settings "
        + "that they had, in the place of training again", OnceEach = true, MayBeEmpty = true)]
    public IReadOnlyList<string> From { get; init; } = [];

    [Setting("whether each that is not taken from a folder runs at the size of hours")]
    public bool Full { get; init; }
}
