using System.Text.Json;
using System.Text;
using Kappa.Lab.Runs;
using Kappa.Lab.Studies.Compare;
using Kappa.Networks.Checkpoints;

namespace Kappa.Lab.Studies.Train;

/// <summary>The folder of a training run: <c>config.json</c>, <c>tokenizer.json</c> (text), <c>metrics.jsonl</c>, <c>checkpoints/</c>, <c>result.json</c>, <c>report.html</c>.</summary>
public sealed class TrainingFolder
{
    private TrainingFolder(string path) => FolderPath = path;

    /// <summary>The folder.</summary>
    public string FolderPath { get; }

    /// <summary>The config, every default spelt out.</summary>
    public string ConfigFile => Path.Combine(FolderPath, RunPaths.ConfigName);

    /// <summary>The learning curves, a line for each evaluation.</summary>
    public string MetricsFile => Path.Combine(FolderPath, "metrics.jsonl");

    /// <summary>Of text: the tokenizer.</summary>
    public string TokenizerFile => Path.Combine(FolderPath, "tokenizer.json");

    /// <summary>The checkpoints.</summary>
    public string CheckpointsFolder => Path.Combine(FolderPath, "checkpoints");

    /// <summary>What the run ended with.</summary>
    public string ResultFile => Path.Combine(FolderPath, "result.json");

    /// <summary>The report.</summary>
    public string ReportFile => Path.Combine(FolderPath, "report.html");

    /// <summary>Makes the folder of a new run.</summary>
    /// <param name="config">The config of the run.</param>
    /// <param name="path">The folder; null for <c>runs/name-n</c> with the first free n.</param>
    /// <param name="force">Whether a run that it holds already is removed.</param>
    /// <exception cref="RunFolderException">It holds a run, and <paramref name="force"/> is false; or it holds other files than a training run's.</exception>
    public static TrainingFolder Create(TrainingConfig config, string? path, bool force)
    {
        ArgumentNullException.ThrowIfNull(config);
        var folder = new TrainingFolder(path ?? RunPaths.Default(config.Name, last: false));
        if (RunPaths.HoldsRun(folder.FolderPath))
        {
            if (folder.HoldsComparison)
                throw new RunFolderException($"{folder.FolderPath}: holds a comparison (kappa compare). Choose another --out");
            if (!force)
                throw new RunFolderException($"{folder.FolderPath}: already holds a run. --resume {folder.FolderPath} continues it, --force starts it over, another --out leaves it alone");
            folder.Clear();
        }
        _ = Directory.CreateDirectory(folder.FolderPath);
        AtomicFile.Write(folder.ConfigFile, stream => stream.Write(Encoding.UTF8.GetBytes(config.ToText())));
        _ = Directory.CreateDirectory(folder.CheckpointsFolder);
        return folder;
    }

    /// <summary>The folder of a run that exists.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="RunFolderException">It holds no training run.</exception>
    public static TrainingFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!RunPaths.IsRun(path))
            throw new RunFolderException($"{path}: there is no training run here (no {RunPaths.ConfigName}). Give the folder that kappa train wrote into");
        var folder = new TrainingFolder(path);
        if (folder.HoldsComparison)
            throw new RunFolderException($"{path}: holds a comparison and no training run; kappa compare {path} --resume continues it");
        _ = Directory.CreateDirectory(folder.CheckpointsFolder);
        return folder;
    }

    /// <summary>The result; null where the run is not finished.</summary>
    /// <exception cref="IOException">The file is damaged.</exception>
    public TrainingResult? ReadResult()
    {
        if (!File.Exists(ResultFile))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(ResultFile), LabJson.Default.TrainingResult) is { MetricName: not null } result
                && double.IsFinite(result.ValidationLoss) && double.IsFinite(result.Metric)
                ? result
                : throw new JsonException("a loss, a metric or its name is missing or not finite");
        }
        catch (JsonException error)
        {
            throw new IOException(
                $"{ResultFile}: expected what a run ended with: {error.Message.TrimEnd('.')}. "
                + "Delete the file and resume: the last evaluation is done again",
                error);
        }
    }

    /// <summary>The lines of the metrics so far.</summary>
    public IReadOnlyList<TrainingLine> ReadMetrics() => MetricsLog.Read(MetricsFile, LabJson.Default.TrainingLine);

    private bool HoldsComparison => Directory.Exists(Path.Combine(FolderPath, "trials"));

    internal void WriteResult(TrainingResult result) =>
        AtomicFile.Write(ResultFile, stream => JsonSerializer.Serialize(stream, result, LabJson.Default.TrainingResult));

    private void Clear()
    {
        foreach (string file in new[] { MetricsFile, TokenizerFile, ResultFile, ReportFile })
            File.Delete(file);
        if (Directory.Exists(CheckpointsFolder))
            Directory.Delete(CheckpointsFolder, recursive: true);
    }
}
