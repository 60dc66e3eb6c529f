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

    /// <summary>Whether TensorBoard's event file is written beside the metrics. One that is there already goes on.</summary>
    internal bool WritesEvents { get; init; }

    /// <summary>Opens the metrics and keeps the lines of a mark; null for none.</summary>
    /// <param name="mark">How much of them counts.</param>
    /// <param name="start">When the run would have begun, had it not been interrupted.</param>
    internal TrainingLog OpenMetrics(MetricsMark? mark, DateTimeOffset start)
    {
        // Read before the log is open, which other systems let nobody read by then.
        var events = OpenEvents(mark, start);
        try
        {
            return new TrainingLog(MetricsLog.Open(MetricsFile, mark, isWritten), events);
        }
        catch
        {
            events?.Dispose();
            throw;
        }
    }

    /// <summary>Writes TensorBoard's event file of a run that is finished, where it is asked for.</summary>
    /// <param name="lines">Its metrics.</param>
    /// <param name="end">When it ended, or about that.</param>
    internal void WriteEvents(IReadOnlyList<TrainingLine> lines, DateTimeOffset end)
    {
        if (WritesEvents)
            run.Write(EventRecords.FileName, TrainingScalars.File(lines, end));
    }

    /// <summary>The result; null where the run is not finished.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    public TrainingResult? ReadResult() => run.ReadSealed<TrainingResult>(ResultName, "the last evaluation is done again");

    /// <summary>The lines of the metrics so far; those of a finished run are checked.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    public IReadOnlyList<TrainingLine> ReadMetrics() => MetricsLog.Read<TrainingLine>(MetricsFile, ReadResult()?.Metrics);

    private EventLog? OpenEvents(MetricsMark? mark, DateTimeOffset start)
    {
        if (!isWritten || (!WritesEvents && !run.Has(EventRecords.FileName)))
            return null;
        IReadOnlyList<TrainingLine> kept = mark is null ? [] : MetricsLog.Read<TrainingLine>(MetricsFile, mark);
        var events = new EventLog(run.Made().PathOf(EventRecords.FileName), start);
        foreach (var line in kept)
            events.Append(line.Step, line.Seconds, TrainingScalars.Of(line));
        return events;
    }

    internal void WriteResult(TrainingResult result) => run.WriteSealed(ResultName, result);
}
