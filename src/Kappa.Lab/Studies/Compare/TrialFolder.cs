namespace Kappa.Lab.Studies.Compare;

/// <summary>The files of one trial: <c>metrics.jsonl</c>, <c>checkpoints/</c>, <c>result.json</c>.</summary>
/// <param name="part">The folder.</param>
internal sealed class TrialFolder(RunPart part)
{
    private const string ResultName = "result.json";

    internal string MetricsFile => part.PathOf("metrics.jsonl");

    internal RunCheckpoints Checkpoints => part.Checkpoints(keep: 1);

    /// <summary>The result; null where the trial is not finished, or was one of another config.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    internal TrialResult? ReadResult(string identity) =>
        part.ReadSealed<TrialResult>(ResultName, "the trial is trained again") is { } result && result.Identity == identity ? result : null;

    /// <summary>Whether the trial is finished, or one of another config was.</summary>
    internal bool HasResult => part.Has(ResultName);

    /// <summary>The lines of a finished trial's metrics, checked.</summary>
    internal IReadOnlyList<MetricsLine> ReadMetrics(TrialResult result) => MetricsLog.Read<MetricsLine>(MetricsFile, result.Metrics);

    internal void WriteResult(TrialResult result) => part.WriteSealed(ResultName, result);

    /// <summary>Begins anew: what an earlier run of the trial left is removed, and the folder made.</summary>
    internal void Begin()
    {
        part.Remove();
        _ = part.Made();
    }
}
