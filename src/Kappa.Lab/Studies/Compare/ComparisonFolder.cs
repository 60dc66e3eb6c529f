namespace Kappa.Lab.Studies.Compare;

/// <summary>The files of a comparison: <c>config.json</c>, <c>trials/</c>, <c>summary.json</c>, <c>report.html</c>.</summary>
/// <param name="run">The folder.</param>
public sealed class ComparisonFolder(RunPart run)
{
    /// <summary>The command that writes such folders.</summary>
    public const string Kind = "compare";

    private const string TrialsName = "trials";

    /// <summary>The folder.</summary>
    public RunPart Run { get; } = run;

    /// <summary>Its path.</summary>
    public string FolderPath => Run.FolderPath;

    /// <summary>What the run found.</summary>
    public string SummaryFile => Run.PathOf("summary.json");

    /// <summary>The report.</summary>
    public string ReportFile => Run.PathOf("report.html");

    /// <summary>The folder of a trial.</summary>
    /// <param name="trial">The trial.</param>
    internal TrialFolder Of(Trial trial) => new(Run.Part(TrialsName).Part(trial.FolderName));

    /// <summary>Writes <see cref="SummaryFile"/>.</summary>
    /// <param name="summary">What the run found.</param>
    public void WriteSummary(ComparisonSummary summary) =>
        Run.WriteSealed("summary.json", JsonSerializer.SerializeToNode(summary, CompareJson.Default.ComparisonSummary)!.AsObject());

    /// <summary>Removes the folders of trials that are not the run's any more, since its config was amended.</summary>
    internal void RemoveOthers(IEnumerable<Trial> trials)
    {
        var known = trials.Select(trial => trial.FolderName).ToHashSet();
        var folder = Run.Part(TrialsName);
        if (!Directory.Exists(folder.FolderPath))
            return;
        foreach (string other in Directory.EnumerateDirectories(folder.FolderPath).Select(Path.GetFileName).OfType<string>().Where(name => !known.Contains(name)).ToArray())
            folder.Part(other).Remove();
    }
}
