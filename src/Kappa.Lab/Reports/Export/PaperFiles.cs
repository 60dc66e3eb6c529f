using System.Text.RegularExpressions;

namespace Kappa.Lab.Reports.Export;

/// <summary>Writes a report as files for a paper: tables for LaTeX and as comma-separated values, plots as vector graphics, and the page.</summary>
public static partial class PaperFiles
{
    /// <summary>What the files were made from; the mark of a folder of such files.</summary>
    public const string SourcesName = "sources.json";

    /// <summary>How much of a title is in the name of a file.</summary>
    private const int LongestName = 48;
    private const int LargestSources = 1 << 26;

    /// <summary>Writes the files, each whole or not at all; nothing is written unless all could be made. Files that an earlier call made here, and this one
    /// does not, are removed.</summary>
    /// <param name="folder">Where to, from <see cref="RunPart.ForFindings"/>.</param>
    /// <param name="sources">The runs.</param>
    /// <param name="environment">Where and by what the files are made.</param>
    /// <param name="formats">What is written.</param>
    /// <param name="cancellation">Asked before each file.</param>
    /// <returns>The names of the files in <c>tables</c>, <c>plots</c> and <c>tensorboard</c>.</returns>
    /// <exception cref="RunFolderException">TensorBoard's files are asked for, and no source is a training run.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<string> Write(
        RunPart folder, IReadOnlyList<ReportSource> sources, RunEnvironment environment, ReportFormats formats, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(environment);
        var report = ReportSource.Merge(sources, environment);
        var files = new Dictionary<string, byte[]>();
        foreach (var (name, text) in Files(report, formats))
        {
            cancellation.ThrowIfCancellationRequested();
            files.Add(name, Encoding.UTF8.GetBytes(text));
        }
        foreach (var (name, bytes) in formats.HasFlag(ReportFormats.TensorBoard) ? Events(sources) : [])
            files.Add(name, bytes);
        string[] stale = [.. Earlier(folder).Where(name => !files.ContainsKey(name))];
        folder.WriteText(SourcesName, Sources(sources, environment, files.Keys.Union(stale)).ToJsonString(RunJson.Indented));
        foreach (var (name, bytes) in files)
        {
            cancellation.ThrowIfCancellationRequested();
            folder.Write(name, bytes);
        }
        if (formats.HasFlag(ReportFormats.Html))
            ReportWriter.Write(folder, report, cancellation);
        foreach (string name in stale.Where(name => folder.Has(name)))
            folder.RemoveFile(name);
        if (stale.Length > 0)
            folder.WriteText(SourcesName, Sources(sources, environment, files.Keys).ToJsonString(RunJson.Indented));
        return [.. files.Keys];
    }

    private static IEnumerable<(string Name, string Text)> Files(Report report, ReportFormats formats)
    {
        LinePlot[][] plots = [.. report.Parts.Select(part => HtmlFindings.Plots(part).ToArray())];
        var palette = new Palette(plots.SelectMany(part => part));
        string[] parts = NamesOf([.. report.Parts.Select(part => part.Name)]);
        foreach (var (i, part) in report.Parts.Index())
        {
            var tables = part.Findings.Sections.Where(section => section.Table is not null);
            foreach (var (number, section) in tables.Index())
            {
                string name = NameOf(parts[i], number, section.Title);
                string caption = report.Parts.Count == 1 ? section.Title : $"{part.Name}: {section.Title}";
                if (formats.HasFlag(ReportFormats.Latex))
                    yield return ($"tables/{name}.tex", LatexTable.Of(caption, name, section.Table!));
                if (formats.HasFlag(ReportFormats.Csv))
                    yield return ($"tables/{name}.csv", CsvText.Of(section.Table!));
            }
            foreach (var (number, plot) in plots[i].Index())
            {
                string name = NameOf(parts[i], number, plot.Title);
                if (formats.HasFlag(ReportFormats.Svg))
                    yield return ($"plots/{name}.svg", SvgPlot.Of(plot, palette));
                if (formats.HasFlag(ReportFormats.Csv))
                    yield return ($"plots/{name}.csv", CsvText.Of(plot));
            }
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Events(IReadOnlyList<ReportSource> sources)
    {
        ReportSource[] runs = [.. sources.Where(source => RunPaths.HoldsRun(source.Folder) && RunManifest.Read(source.Folder).Kind == TrainingFolder.Kind)];
        if (runs.Length == 0)
            throw new RunFolderException("event files for TensorBoard are of runs of kappa train; got none. Name one, or leave --tensorboard out");
        string[] names = NamesOf([.. runs.Select(run => run.Name)]);
        return runs.Select((run, i) => (
            $"tensorboard/{names[i]}/{EventRecords.FileName}",
            TrainingScalars.File(new TrainingFolder(new RunPart(run.Folder)).ReadMetrics(), run.Report.Environment.When)));
    }

    /// <summary>Names of parts as parts of file names; numbered where two would be one, or one nothing.</summary>
    private static string[] NamesOf(string[] names)
    {
        string[] slugs = [.. names.Select(name => Cut(RunPaths.Slug(name)))];
        return slugs.Distinct().Count() == slugs.Length && slugs.All(slug => slug.Length > 0)
            ? slugs
            : [.. slugs.Select((slug, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}-{slug}").Trim('-'))];
    }

    private static string NameOf(string part, int number, string title) =>
        string.Create(CultureInfo.InvariantCulture, $"{part}-{number + 1:00}-{Cut(RunPaths.Slug(title))}").Trim('-');

    private static string Cut(string slug) => slug.Length <= LongestName ? slug : slug[..LongestName].Trim('-');

    private static JsonObject Sources(IReadOnlyList<ReportSource> sources, RunEnvironment environment, IEnumerable<string> files) => new()
    {
        ["command"] = environment.Command,
        ["kappa"] = environment.Version,
        ["sources"] = new JsonArray([.. sources.Select(source => (JsonNode)new JsonObject
        {
            ["name"] = source.Name,
            ["folder"] = source.Folder,
            ["sha256"] = source.Sha256,
        })]),
        ["files"] = new JsonArray([.. files.Order(StringComparer.Ordinal).Select(name => (JsonNode)name)]),
    };

    /// <summary>The files that an earlier call made; only names as calls give them, whatever else the list says.</summary>
    private static IEnumerable<string> Earlier(RunPart folder)
    {
        if (!folder.Has(SourcesName))
            return [];
        try
        {
            var names = RunJson.Parse(BoundedFile.ReadAllBytes(folder.PathOf(SourcesName), LargestSources))?["files"]?.AsArray() ?? [];
            return [.. names.Select(name => (string?)name ?? "").Where(name => OwnName().IsMatch(name))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new DamagedFileException(
                folder.PathOf(SourcesName), $"it is damaged: {error.Message}", "Choose another --out, or remove the folder", error);
        }
    }

    [GeneratedRegex(@"^((tables|plots)/[a-z0-9-]+\.(tex|csv|svg)|tensorboard/[a-z0-9-]*/events\.out\.tfevents\.kappa)\z")]
    private static partial Regex OwnName();
}
