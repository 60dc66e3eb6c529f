using System.Text.Json.Serialization;
using Kappa.Lab.Statistics;

namespace Kappa.Lab.Reports;

/// <summary>A study of a report.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What was done; empty where the headline says it.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Config">The text of the config that it was found with.</param>
public sealed record ReportPart(string Name, string Summary, Findings Findings, [property: JsonIgnore] string Config)
{
    /// <summary>What the reader must know first, such as that the run is not finished; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>What there is to know of a run of which only a part is done; null where all is.</summary>
    internal static string? Unfinished(int finished, int total, string what) => finished < total
        ? $"Only {finished} of {total} {what} are finished: the run was interrupted. Resume it to complete this report."
        : null;
}
