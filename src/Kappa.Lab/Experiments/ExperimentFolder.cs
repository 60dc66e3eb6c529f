namespace Kappa.Lab.Experiments;

/// <summary>The files of an experiment's run: <c>config.json</c>, <c>prepared/</c>, <c>cells/</c> with a file for each finished cell,
/// <c>report.html</c>.</summary>
/// <param name="run">The folder.</param>
public sealed class ExperimentFolder(RunPart run)
{
    /// <summary>The command that writes such folders.</summary>
    public const string Kind = "reproduce";

    private const string WorkName = "work";

    /// <summary>The folder.</summary>
    public RunPart Run { get; } = run;

    /// <summary>The report.</summary>
    public string ReportFile => Run.PathOf("report.html");

    internal RunPart Prepared => Run.Part("prepared");

    /// <summary>The config of an experiment's run.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="settings">Its settings.</param>
    public static JsonObject ConfigOf(Experiment experiment, JsonObject settings)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(settings);
        return new JsonObject { ["experiment"] = experiment.FullName, ["settings"] = settings.DeepClone() };
    }

    /// <summary>A folder for what a cell writes on its way.</summary>
    internal RunPart WorkOf(string key) => Run.Part(WorkName).Part(SlugOf(key));

    /// <summary>The result of a cell; null where it is not finished.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    internal CellResult? Read(string key) =>
        Run.ReadSealed(FileOf(key), "the cell is done again") is { } value ? new CellResult(key, value) : null;

    /// <summary>Whether a cell is finished.</summary>
    internal bool Has(string key) => Run.Has(FileOf(key));

    internal void Write(CellResult result)
    {
        Run.WriteSealed(FileOf(result.Key), result.Value);
        WorkOf(result.Key).Remove();
    }

    /// <summary>Removes the work of cells that are finished, or are not the experiment's any more.</summary>
    internal void RemoveWorkBut(IEnumerable<string> openKeys)
    {
        var open = openKeys.Select(SlugOf).ToHashSet();
        var work = Run.Part(WorkName);
        work.RemoveOthers(open);
        if (open.Count == 0)
            work.Remove();
    }

    internal static string SlugOf(string key) =>
        string.Concat(key.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '=' ? character : '_'));

    private static string FileOf(string key) => $"cells/{SlugOf(key)}.json";
}
