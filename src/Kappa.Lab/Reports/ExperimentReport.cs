using Kappa.Lab.Experiments;
using Kappa.Lab.Statistics;

namespace Kappa.Lab.Reports;

/// <summary>What an experiment found.</summary>
public static class ExperimentReport
{
    /// <summary>The report of an experiment.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="experiment">Its experiment.</param>
    /// <param name="findings">What it found.</param>
    /// <param name="results">The results that it was found from.</param>
    public static ReportPart Of(ReproductionFolder folder, Experiment experiment, Findings findings, CellResults results)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentNullException.ThrowIfNull(results);
        return new ReportPart(experiment.FullName, experiment.Summary, findings, folder.ConfigText())
        {
            Warning = ReportPart.Unfinished(results.Finished.Count, results.Total, "pieces of work"),
        };
    }
}
