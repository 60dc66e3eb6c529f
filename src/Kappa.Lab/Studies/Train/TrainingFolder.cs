namespace Kappa.Lab.Studies.Train;

/// <summary>The files of a training run: <c>config.json</c>, <c>tokenizer.json</c> (text), <c>metrics.jsonl</c>, <c>checkpoints/</c>, <c>result.json</c>,
/// <c>report.html</c>.</summary>
/// <param name="run">The folder.</param>
/// <param name="isWritten">Whether this process writes it; of a job of several, the first does.</param>
public sealed class TrainingFolder(RunPart run, bool isWritten = true)
{
    /// <summary>The command that writes such folders.</summary>
    public const string Kind = "train";

    private const string ResultName = "result.json";

    /// <summary>Its path.</summary>
    public string FolderPath => run.FolderPath;

    /// <summary>The learning curves, a line for each evaluation.</summary>
    public string MetricsFile => run.PathOf("metrics.jsonl");

    internal RunCheckpoints Checkpoints => run.Checkpoints(keep: 2, isWritten: isWritten);

    /// <summary>The best model; of two, since a killed process may have come to a better one than its last checkpoint knows.</summary>
    internal RunCheckpoints Best => run.Checkpoints(keep: 2, RunPaths.BestName, isWritten);

    /// <summary>Removes all best models but that of a step.</summary>
    internal void KeepBest(int? step)
    {
        if (isWritten)
        {
            run.Part(RunPaths.BestName).RemoveOthers(
                step is { } kept ? new HashSet<string> { Path.GetFileName(Checkpoint.FolderOf(Best.FolderPath, kept)) } : new HashSet<string>());
        }
    }

    internal MetricsLog OpenMetrics(MetricsMark? mark) => MetricsLog.Open(MetricsFile, mark, isWritten);

    /// <summary>The result; null where the run is not finished.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    public TrainingResult? ReadResult() => run.ReadSealed<TrainingResult>(ResultName, "the last evaluation is done again");

    /// <summary>The lines of the metrics so far; those of a finished run are checked.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    public IReadOnlyList<TrainingLine> ReadMetrics() => MetricsLog.Read<TrainingLine>(MetricsFile, ReadResult()?.Metrics);

    internal void WriteResult(TrainingResult result) => run.WriteSealed(ResultName, result);
}
