using System.Text.Json.Serialization;

namespace Kappa.Lab.Reports;

/// <summary>A study of a report.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What was done; empty where the headline says it.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Config">The text of the config that it was found with; empty where it is not known.</param>
public sealed record ReportPart(string Name, string Summary, Findings Findings, [property: JsonIgnore] string Config = "")
{
    /// <summary>What the reader must know first, such as that the run is not finished; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>Where and by what it was made, where that is not where the report was.</summary>
    public RunEnvironment? Environment { get; init; }

    /// <summary>The same, saying where the config was changed on the way.</summary>
    /// <param name="amendments">The changes; none leaves it as it is.</param>
    public ReportPart With(IReadOnlyList<Amendment> amendments)
    {
        ArgumentNullException.ThrowIfNull(amendments);
        string changed = $"The run was changed on its way, {string.Join("; then ", amendments)}.";
        return amendments.Count == 0 ? this : this with { Warning = Warning is null ? changed : $"{Warning} {changed}" };
    }

    /// <summary>What there is to know of a run of which only a part is done; null where all is.</summary>
    internal static string? Unfinished(int finished, int total, string what) => finished < total
        ? $"Only {finished} of {total} {what} are finished: the run was interrupted. Resume it to complete this report."
        : null;
}
