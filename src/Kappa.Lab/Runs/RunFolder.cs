using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json;
using Kappa.Lab.Studies.Compare;
using Kappa.Networks.Checkpoints;

namespace Kappa.Lab.Runs;

/// <summary>The folder of a run: <c>config.json</c>, <c>trials/</c>, <c>summary.json</c>, <c>report.html</c>.</summary>
public sealed class RunFolder
{
    private RunFolder(string path) => FolderPath = path;

    /// <summary>The folder.</summary>
    public string FolderPath { get; }

    /// <summary>The config, every default spelt out.</summary>
    public string ConfigFile => Path.Combine(FolderPath, RunPaths.ConfigName);

    /// <summary>What the run found.</summary>
    public string SummaryFile => Path.Combine(FolderPath, "summary.json");

    /// <summary>The report.</summary>
    public string ReportFile => Path.Combine(FolderPath, "report.html");

    internal string TrialsFolder => Path.Combine(FolderPath, "trials");

    /// <summary>Opens the folder of a run, and makes it where it does not exist.</summary>
    /// <param name="config">The config of the run.</param>
    /// <param name="path">The folder; null for <c>runs/name-n</c> with the first free n, or, to resume, the last one there is.</param>
    /// <param name="mode">What to do where the folder holds a run already.</param>
    /// <exception cref="RunFolderException">It holds a run and the mode is <see cref="RunFolderMode.Fresh"/>; there is none to resume; or
    /// it holds other files than a run's.</exception>
    public static RunFolder Open(ComparisonConfig config, string? path, RunFolderMode mode)
    {
        ArgumentNullException.ThrowIfNull(config);
        var folder = new RunFolder(path ?? RunPaths.Default(config.Name, mode == RunFolderMode.Resume));
        bool holdsRun = RunPaths.HoldsRun(folder.FolderPath);
        if (!holdsRun && mode == RunFolderMode.Resume)
            throw new RunFolderException($"{folder.FolderPath}: there is no run to resume. Leave --resume out to start one");
        if (holdsRun && mode == RunFolderMode.Fresh)
        {
            throw new RunFolderException(folder.DescribeConflict(config));
        }
        if (mode == RunFolderMode.Force && Directory.Exists(folder.FolderPath))
            folder.Clear();
        // The config is what makes a folder a run's, so it comes first: killed at any moment, the folder can be used again.
        _ = Directory.CreateDirectory(folder.FolderPath);
        AtomicFile.Write(folder.ConfigFile, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(config.ToText())));
        _ = Directory.CreateDirectory(folder.TrialsFolder);
        return folder;
    }

    /// <summary>In what the config of the run in the folder differs from another one.</summary>
    /// <param name="config">The config asked for.</param>
    public IReadOnlyList<string> DifferencesFrom(ComparisonConfig config)
    {
        try
        {
            return ConfigDifference.Describe(JsonNode.Parse(File.ReadAllText(ConfigFile)), JsonNode.Parse(config.ToText()));
        }
        catch (JsonException)
        {
            return ["config.json: damaged there"];
        }
    }

    internal string TrialFolder(Trial trial) => Path.Combine(TrialsFolder, trial.FolderName);

    /// <summary>Writes <see cref="SummaryFile"/>.</summary>
    /// <param name="summary">What the run found.</param>
    public void WriteSummary(ComparisonSummary summary) =>
        AtomicFile.Write(SummaryFile, stream => JsonSerializer.Serialize(stream, summary, LabJson.Default.ComparisonSummary));

    private string DescribeConflict(ComparisonConfig config)
    {
        var differences = DifferencesFrom(config);
        string finished = string.Create(
            CultureInfo.InvariantCulture, $"{(Directory.Exists(TrialsFolder) ? Directory.EnumerateFiles(TrialsFolder, "result.json", SearchOption.AllDirectories).Count() : 0)} trials finished");
        string state = differences.Count == 0
            ? $"already holds this run ({finished})"
            : $"already holds a run ({finished}) whose config differs:\n  {string.Join("\n  ", differences)}\nIt";
        return differences.Count == 0
            ? $"{FolderPath}: {state}. --resume continues it, --force starts it over, another --out leaves it alone"
            : $"{FolderPath}: {state} can be continued with --resume, which keeps the trials that the change does not touch, "
              + "or started over with --force; another --out leaves it alone";
    }

    private void Clear()
    {
        if (Directory.Exists(TrialsFolder))
            Directory.Delete(TrialsFolder, recursive: true);
        File.Delete(SummaryFile);
        File.Delete(ReportFile);
    }
}
