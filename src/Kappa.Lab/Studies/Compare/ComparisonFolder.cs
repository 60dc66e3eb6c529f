namespace Kappa.Lab.Studies.Compare;

/// <summary>The files of a comparison: <c>config.json</c>, <c>trials/</c>, <c>summary.json</c>, <c>report.html</c>.</summary>
/// <param name="run">The folder.</param>
public sealed class ComparisonFolder(RunPart run)
{
    /// <summary>The command that writes such folders.</summary>
    public const string Kind = "compare";

    private RunPart Trials => run.Part("trials");

    /// <summary>The folder of a trial.</summary>
    /// <param name="trial">The trial.</param>
    internal TrialFolder Of(Trial trial) => new(Trials.Part(trial.FolderName));

    /// <summary>Writes <c>summary.json</c>.</summary>
    /// <param name="summary">What the run found.</param>
    public void WriteSummary(ComparisonSummary summary) => run.WriteSealed("summary.json", summary);

    /// <summary>Removes the folders of trials that are not the run's any more, since its config was amended.</summary>
    internal void RemoveOthers(IEnumerable<Trial> trials) => Trials.RemoveOthers(trials.Select(trial => trial.FolderName).ToHashSet());
}
