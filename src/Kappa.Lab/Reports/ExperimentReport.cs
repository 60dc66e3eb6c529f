namespace Kappa.Lab.Reports;

/// <summary>What an experiment found.</summary>
public static class ExperimentReport
{
    /// <summary>The report of an experiment.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="findings">What it found.</param>
    /// <param name="results">The results that it was found from.</param>
    public static ReportPart Of(Experiment experiment, JsonObject settings, Findings findings, CellResults results)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentNullException.ThrowIfNull(results);
        return new ReportPart(experiment.FullName, experiment.Summary, findings, settings.ToJsonString(RunJson.Indented))
        {
            Warning = ReportPart.Unfinished(results.Finished.Count, results.Total, "pieces of work"),
        };
    }
}
