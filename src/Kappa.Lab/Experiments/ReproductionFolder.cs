using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using Kappa.Lab.Runs;
using Kappa.Lab.Settings;
using Kappa.Networks.Checkpoints;
using Kappa.Tensors;

namespace Kappa.Lab.Experiments;

/// <summary>The folder of an experiment's run: <c>config.json</c>, <c>prepared/</c>, <c>cells/</c> with a file for each finished cell, <c>report.html</c>.</summary>
public sealed class ReproductionFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private const string InstructionsField = "instructions";

    private ReproductionFolder(string path) => FolderPath = path;

    /// <summary>The folder.</summary>
    public string FolderPath { get; }

    /// <summary>The experiment's name and its settings, every one spelt out.</summary>
    public string ConfigFile => Path.Combine(FolderPath, RunPaths.ConfigName);

    /// <summary>The report.</summary>
    public string ReportFile => Path.Combine(FolderPath, "report.html");

    /// <summary>The vector instructions that the run began with; null where an earlier version of Kappa began it.</summary>
    public string? Instructions =>
        JsonNode.Parse(ConfigText()) is JsonObject config && config[InstructionsField] is JsonValue value && value.TryGetValue(out string? name) ? name : null;

    internal string PreparedFolder => Path.Combine(FolderPath, "prepared");

    private string CellsFolder => Path.Combine(FolderPath, "cells");

    private string WorkFolder => Path.Combine(FolderPath, "work");

    /// <summary>Makes the folder of a new run.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="path">The folder; null for <c>runs/paper-name-n</c> with the first free n.</param>
    /// <param name="force">Whether a run that it holds already is removed.</param>
    /// <exception cref="RunFolderException">It holds a run, and <paramref name="force"/> is false; or it holds other files than an experiment's.</exception>
    public static ReproductionFolder Create(Experiment experiment, JsonObject settings, string? path, bool force)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(settings);
        var folder = new ReproductionFolder(path ?? RunPaths.Default(experiment.FullName, last: false));
        if (RunPaths.HoldsRun(folder.FolderPath))
        {
            if (folder.ReadConfig() is null)
                throw new RunFolderException($"{folder.FolderPath}: holds a run of another command. Choose another --out");
            if (!force)
                throw new RunFolderException($"{folder.FolderPath}: already holds a run. --resume {folder.FolderPath} continues it, --force starts it over, another --out leaves it alone");
            folder.Clear();
        }
        _ = Directory.CreateDirectory(folder.FolderPath);
        var config = new JsonObject
        {
            ["experiment"] = experiment.FullName,
            ["settings"] = settings.DeepClone(),
            [InstructionsField] = ComputeInstructions.Selected,
        };
        AtomicFile.Write(folder.ConfigFile, stream => stream.Write(Encoding.UTF8.GetBytes(config.ToJsonString(Indented) + "\n")));
        folder.MakeFolders();
        return folder;
    }

    /// <summary>The folder of a run that exists, with the experiment and the settings it says.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="choices">The experiments that exist.</param>
    /// <exception cref="RunFolderException">It holds no run of an experiment.</exception>
    /// <exception cref="ConfigException">Its experiment does not exist any more.</exception>
    public static (ReproductionFolder Folder, Experiment Experiment, JsonObject Settings) Open(string path, Choices choices)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = new ReproductionFolder(path);
        if (!RunPaths.IsRun(path) || folder.ReadConfig() is not { } config)
            throw new RunFolderException($"{path}: there is no run of an experiment here. Give the folder that kappa reproduce wrote into");
        folder.MakeFolders();
        return (folder, choices.Find<Experiment>(config.Experiment), config.Settings);
    }

    /// <summary>The text of <see cref="ConfigFile"/>.</summary>
    public string ConfigText() => File.ReadAllText(ConfigFile);

    internal string WorkOf(string key) => Path.Combine(WorkFolder, SlugOf(key));

    /// <summary>The result of a cell; null where it is not finished.</summary>
    internal CellResult? Read(string key)
    {
        string file = FileOf(key);
        try
        {
            return File.Exists(file) && JsonNode.Parse(File.ReadAllBytes(file)) is JsonObject value ? new CellResult(key, value) : null;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            // Damaged by something else than a kill, since it was written whole: done again.
            return null;
        }
    }

    internal void Write(CellResult result)
    {
        AtomicFile.Write(FileOf(result.Key), stream => stream.Write(Encoding.UTF8.GetBytes(result.Value.ToJsonString() + "\n")));
        if (Directory.Exists(WorkOf(result.Key)))
            Directory.Delete(WorkOf(result.Key), recursive: true);
    }

    internal static string SlugOf(string key) =>
        string.Concat(key.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '=' ? character : '_'));

    private string FileOf(string key) => Path.Combine(CellsFolder, SlugOf(key) + ".json");

    private void MakeFolders()
    {
        _ = Directory.CreateDirectory(PreparedFolder);
        _ = Directory.CreateDirectory(CellsFolder);
    }

    private (string Experiment, JsonObject Settings)? ReadConfig()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(ConfigFile), documentOptions: Strict) is JsonObject config
                && config["experiment"] is JsonValue name && name.TryGetValue(out string? experiment) && config["settings"] is JsonObject settings
                    ? (experiment, settings)
                    : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private void Clear()
    {
        File.Delete(ReportFile);
        foreach (string folder in new[] { PreparedFolder, CellsFolder, WorkFolder })
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}
