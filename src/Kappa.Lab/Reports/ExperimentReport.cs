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
        var reference = PaperReferences.Of(experiment.FullName);
        return new ReportPart(
            experiment.FullName, Summary(experiment, reference), reference?.Beside(findings) ?? findings, settings.ToJsonString(RunJson.Indented))
        {
            Warning = ReportPart.Unfinished(results.Finished.Count, results.Total, "pieces of work"),
        };
    }

    /// <summary>What was done, and the paper; with what it reports of the same.</summary>
    private static string Summary(Experiment experiment, PaperReference? reference) => (Glossary.PaperOf(experiment.Paper), reference) switch
    {
        ({ } paper, { } said) => $"{experiment.Summary}\n\nAfter {said.Place} of {paper}. {said.Says}",
        ({ } paper, null) => $"{experiment.Summary}\n\nThe paper: {paper}.",
        _ => experiment.Summary,
    };
}
