namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>What the report says of the task.</summary>
/// <param name="MetricName">What the deployed metric is.</param>
/// <param name="HigherIsBetter">Whether a larger one is better.</param>
/// <param name="HorizonUnit">What horizons count.</param>
/// <param name="Identity">What was read to make the task, with the hash of each.</param>
/// <param name="IsShare">Whether the metric is a share, from 0 to 1.</param>
internal sealed record TaskFacts(
    string MetricName, bool HigherIsBetter, string HorizonUnit, IReadOnlyDictionary<string, string> Identity, bool IsShare = false)
{
    private const string FileName = "task.json";

    internal static TaskFacts Of(PreparedTask task) => new(task.MetricName, task.HigherIsBetter, task.HorizonUnit, task.Identity, task.IsShare);

    internal static TaskFacts Read(JsonNode json) => json.Deserialize<TaskFacts>(RunJson.Exact)!;

    internal JsonObject Written() => JsonSerializer.SerializeToNode(this, RunJson.Exact)!.AsObject();

    /// <summary>Keeps what the run began with, and refuses to go on with other data.</summary>
    /// <exception cref="RunFolderException">The data has changed since.</exception>
    internal static void Keep(PreparedTask task, RunPart prepared)
    {
        var now = Of(task).Written();
        if (prepared.ReadSealed(FileName, "the data is taken as it is now") is not { } before)
            prepared.WriteSealed(FileName, now);
        else if (!JsonNode.DeepEquals(before, now))
            throw new RunFolderException($"{prepared.FolderPath}: the run began with other data, {before["identity"]}; got {now["identity"]}. Begin "
                + $"another run");
    }
}
