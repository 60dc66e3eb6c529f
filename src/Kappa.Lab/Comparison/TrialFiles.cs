using System.Text.Json;
using Kappa.Checkpoints;

namespace Kappa.Lab.Comparison;

/// <summary>The files of one trial.</summary>
/// <param name="Folder">The trial's folder.</param>
internal sealed record TrialFiles(string Folder)
{
    internal string Metrics => Path.Combine(Folder, "metrics.jsonl");

    internal string Checkpoints => Path.Combine(Folder, "checkpoints");

    internal string Result => Path.Combine(Folder, "result.json");

    /// <summary>The result; null where the trial is not finished, or was a trial of another config.</summary>
    internal TrialResult? ReadResult(string identity)
    {
        try
        {
            var result = File.Exists(Result) ? JsonSerializer.Deserialize(File.ReadAllBytes(Result), LabJson.Default.TrialResult) : null;
            // One that is neither finite nor marked as diverged was changed by something else than Kappa: train again.
            return result?.Identity == identity && (result.Diverged is not null || (IsFinite(result.ValidationLoss) && IsFinite(result.Metric)))
                ? result
                : null;
        }
        catch (JsonException)
        {
            // Damaged by something else than a kill, since it was written whole: train again.
            return null;
        }
    }

    private static bool IsFinite(double? value) => value is { } number && double.IsFinite(number);

    internal void WriteResult(TrialResult result) =>
        AtomicFile.Write(Result, stream => JsonSerializer.Serialize(stream, result, LabJson.Default.TrialResult));

    /// <summary>Removes what an earlier run of the trial left.</summary>
    internal void Clear()
    {
        File.Delete(Result);
        File.Delete(Metrics);
        if (Directory.Exists(Checkpoints))
            Directory.Delete(Checkpoints, recursive: true);
    }
}
