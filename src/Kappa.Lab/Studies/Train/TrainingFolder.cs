namespace Kappa.Lab.Studies.Train;

/// <summary>The files of a training run: <c>config.json</c>, <c>tokenizer.json</c> (text), <c>metrics.jsonl</c>, <c>checkpoints/</c>, <c>result.json</c>,
/// <c>report.html</c>.</summary>
/// <param name="run">The folder.</param>
public sealed class TrainingFolder(RunPart run)
{
    /// <summary>The command that writes such folders.</summary>
    public const string Kind = "train";

    internal const string TokenizerName = RunPaths.TokenizerName;
    private const string ResultName = "result.json";
    private const int KeptCheckpoints = 2;

    /// <summary>The folder.</summary>
    public RunPart Run { get; } = run;

    /// <summary>Its path.</summary>
    public string FolderPath => Run.FolderPath;

    /// <summary>The config, every default spelt out.</summary>
    public string ConfigFile => Run.PathOf(RunPaths.ConfigName);

    /// <summary>The learning curves, a line for each evaluation.</summary>
    public string MetricsFile => Run.PathOf("metrics.jsonl");

    /// <summary>Of text: the tokenizer.</summary>
    public string TokenizerFile => Run.PathOf(TokenizerName);

    /// <summary>The checkpoints.</summary>
    public string CheckpointsFolder => Checkpoints.FolderPath;

    /// <summary>What the run ended with.</summary>
    public string ResultFile => Run.PathOf(ResultName);

    /// <summary>The report.</summary>
    public string ReportFile => Run.PathOf("report.html");

    internal RunCheckpoints Checkpoints => Run.Checkpoints(KeptCheckpoints);

    /// <summary>The result; null where the run is not finished.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    public TrainingResult? ReadResult() =>
        Run.ReadSealed(ResultName, TrainJson.Default.TrainingResult, "the last evaluation is done again");

    /// <summary>The lines of the metrics so far; those of a finished run are checked.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    public IReadOnlyList<TrainingLine> ReadMetrics() => MetricsLog.Read(MetricsFile, TrainJson.Default.TrainingLine, ReadResult()?.Metrics);

    internal void WriteResult(TrainingResult result) =>
        Run.WriteSealed(ResultName, JsonSerializer.SerializeToNode(result, TrainJson.Default.TrainingResult)!.AsObject());
}
