using System.Text.RegularExpressions;

namespace Kappa.Lab.Reports;

/// <summary>What an experiment found.</summary>
public static partial class ExperimentReport
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
        return new ReportPart(experiment.FullName, Summary(experiment), findings, settings.ToJsonString(RunJson.Indented))
        {
            Warning = ReportPart.Unfinished(results.Finished.Count, results.Total, "pieces of work"),
        };
    }

    /// <summary>What was done, and the paper; with the figure or table of it that the experiment is named after.</summary>
    private static string Summary(Experiment experiment)
    {
        if (Glossary.PaperOf(experiment.Paper) is not { } paper)
            return experiment.Summary;
        var match = FigureName().Match(experiment.Name);
        string kind = match.Groups["kind"].Value == "fig" ? "figure" : "table";
        return $"{experiment.Summary}\n\n{(match.Success ? $"After {kind} {match.Groups["number"].Value} of" : "The paper:")} {paper}.";
    }

    [GeneratedRegex(@"^(?<kind>fig|table)(?<number>\d+)\z")]
    private static partial Regex FigureName();
}
