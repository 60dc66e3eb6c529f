using System.Diagnostics.CodeAnalysis;

namespace Kappa.Lab.Results;

/// <summary>The results of a checkout, which its pages are made from: a file for each under <c>results/</c>, and <c>results/code.json</c>, which knows the code
/// that each was found with.</summary>
public sealed class CommittedResults
{
    private const string CodeFile = "code.json";
    private const string Solution = "Kappa.slnx";
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true };
    private readonly string _root;
    private readonly Choices _choices;
    private readonly RunPart _files;

    /// <summary>Opens those of a checkout.</summary>
    /// <param name="root">Its folder, or one in it.</param>
    /// <param name="choices">The experiments.</param>
    /// <exception cref="DirectoryNotFoundException">It is no checkout.</exception>
    public CommittedResults(string root, Choices choices)
    {
        ArgumentNullException.ThrowIfNull(root);
        var folder = new DirectoryInfo(Path.GetFullPath(root));
        while (folder is not null && !(File.Exists(Path.Combine(folder.FullName, Solution)) && Directory.Exists(Path.Combine(folder.FullName, "results"))))
            folder = folder.Parent;
        _root = folder?.FullName ?? throw new DirectoryNotFoundException(
            $"{root}: expected a checkout of Kappa, a folder with {Solution} and results, or one in it. Go there, or give it as --root");
        _choices = choices ?? throw new ArgumentNullException(nameof(choices));
        _files = new RunPart(_root);
    }

    /// <summary>The names of the results, such as <c>dopr/flow</c>.</summary>
    public IReadOnlyList<string> Names => [.. Directory.GetFiles(Path.Combine(_root, "results"), "*.json", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Path.Combine(_root, "results"), path).Replace('\\', '/')[..^".json".Length])
        .Where(name => name.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The command that makes a result anew.</summary>
    /// <param name="name">Its name.</param>
    public string CommandOf(string name) => SourceOf(name).Command;

    /// <summary>What is wrong with a result: a page that says something else, settings that are not the command's, code that has changed since.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>A sentence for each; none where all is well.</returns>
    public IReadOnlyList<string> FaultsOf(string name) => [.. PageFaults(name), .. SettingFaults(name), .. CodeFaults(name)];

    /// <summary>What is wrong with the numbers that pages quote from results, between comments that name them.</summary>
    /// <returns>A sentence for each number that is none of theirs; none where all is well.</returns>
    public IReadOnlyList<string> QuoteFaults()
    {
        var faults = new List<string>();
        foreach (var (path, page) in Pages())
        {
            foreach (var (results, text) in QuotedNumbers.Blocks(page))
            {
                string[] missing = [.. results.Where(name => !_files.Has($"results/{name}.json"))];
                faults.AddRange(missing.Select(name => $"{path} quotes numbers from results/{name}.json, which is not there"));
                var unheld = missing.Length > 0 ? [] : QuotedNumbers.Unheld(text, [.. results.Select(Read)]);
                string sources = $"results/{string.Join(".json, results/", results)}.json";
                faults.AddRange(unheld.Select(number => $"{path} quotes {number}, which is no number of {sources}"));
            }
        }
        return faults;
    }

    /// <summary>Takes over what a finished run of an experiment, or of a comparison, found, and makes the pages anew that have a place for it.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="name">What to call it, such as <c>isometry/label-shuffles-200</c> for a run whose settings were changed; null for the name of the
    /// experiment, or for <c>compare/</c> and that of the config.</param>
    /// <returns>The name of the result, and the pages that were written.</returns>
    /// <exception cref="RunFolderException">It is no finished run of either, or the comparison's config is not among <c>experiments/</c>.</exception>
    public (string Name, IReadOnlyList<string> Pages) Take(string folder, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (name is not null && (name.Split('/') is not [{ Length: > 0 }, { Length: > 0 }] || name.Contains("..", StringComparison.Ordinal)))
            throw new ArgumentException($"expected a name of two parts, such as isometry/label-shuffles-200; got {name}", nameof(name));
        var config = Json(Path.Combine(folder, "config.json"));
        var report = Json(Path.Combine(folder, "report.json"));
        if (report["parts"]!.AsArray() is not [JsonObject part] || part["warning"] is not null)
        {
            throw new RunFolderException(
                $"{folder}: expected a finished run that was not changed on its way; got one that says: {report["parts"]![0]!["warning"]}");
        }
        var result = SourceFields(folder, config, ref name);
        var sections = part["findings"]!["sections"]!.DeepClone().AsArray();
        foreach (var section in sections)
            _ = section!.AsObject().Remove("plots");
        var environment = report["environment"]!;
        result["version"] = environment["version"]!.DeepClone();
        result["machine"] = environment["machine"]!.DeepClone();
        result["headline"] = part["findings"]!["headline"]!.DeepClone();
        result["sections"] = sections;
        _files.WriteText($"results/{name}.json", result.ToJsonString(RunJson.Indented) + "\n");
        var code = ReadCode();
        code["taken"]!.AsObject()[name] = Remember(code);
        Write(code);
        return (name, Renew(name));
    }

    /// <summary>Makes the pages that have a place for a result anew.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The pages.</returns>
    public IReadOnlyList<string> Renew(string name)
    {
        var result = Read(name);
        var pages = new List<string>();
        foreach (var (path, page) in Pages().Where(page => ResultPage.Blocks(page.Text).Any(block => block.Result == name)).ToArray())
        {
            // The study of tables makes its page by itself.
            if (result["sections"] is null)
                continue;
            _files.WriteText(path, ResultPage.Renewed(page, name, result));
            pages.Add(path);
        }
        return pages;
    }

    /// <summary>Notes why the results hold with the code as it is.</summary>
    /// <param name="because">Why, for the reader.</param>
    public void Note(string because)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(because);
        var code = ReadCode();
        code["notes"]!.AsArray().Add(new JsonObject { ["code"] = Remember(code), ["because"] = because });
        Write(code);
    }

    /// <summary>What says how a result is found anew.</summary>
    private JsonObject SourceFields(string folder, JsonObject config, [NotNull] ref string? name)
    {
        if (config[ResultSource.ExperimentField]?.GetValue<string>() is { } experiment)
        {
            var settings = config[ResultSource.SettingsField]!.DeepClone().AsObject();
            // Where runs lay that this one was made from is nobody's concern.
            if (settings["from"] is not null)
                settings["from"] = new JsonArray();
            var fields = new JsonObject { [ResultSource.ExperimentField] = experiment };
            if (name is not null)
                fields[ResultSource.ChangesField] = ResultSource.ChangesOf(experiment, settings, _choices);
            name ??= experiment;
            fields[ResultSource.SettingsField] = settings;
            return fields;
        }
        if (config["optimizers"] is null)
            throw new RunFolderException($"{folder}: expected a run of kappa reproduce or kappa compare; its config names no experiment and no optimizers");
        string file = ResultSource.ConfigOf(config, _root, _choices) ?? throw new RunFolderException(
            $"{folder}: expected a comparison of a config of experiments/; none has its settings. Put the config there, so that others can run it");
        name ??= $"compare/{Path.GetFileNameWithoutExtension(file)}";
        return new JsonObject { [ResultSource.ComparisonField] = file, [ResultSource.SettingsField] = config.DeepClone() };
    }

    private ResultSource SourceOf(string name) => new(Read(name), _root, _choices);

    private JsonObject Read(string name) => Json(_files.PathOf($"results/{name}.json"));

    private static JsonObject Json(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new DamagedFileException(path, "it is no object of JSON", "Take the run again: kappa results take <folder>");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RunFolderException(
                $"{path} is not there; expected a finished run of kappa reproduce or kappa compare, whose folder has config.json and report.json");
        }
    }

    private IEnumerable<(string Path, string Text)> Pages() => Directory.GetFiles(_root, "*.md")
        .Concat(((string[])["docs", "benchmarks"]).Select(folder => Path.Combine(_root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*.md", SearchOption.AllDirectories)))
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .Select(path => (Path.GetRelativePath(_root, path).Replace('\\', '/'), File.ReadAllText(path).ReplaceLineEndings("\n")));

    private IEnumerable<string> PageFaults(string name)
    {
        var result = Read(name);
        // The study of tables makes its page by itself.
        if (result["sections"] is null)
            yield break;
        var blocks = Pages().SelectMany(page => ResultPage.Blocks(page.Text).Where(block => block.Result == name).Select(block => (page, block))).ToArray();
        if (blocks.Length == 0 && !Pages().Any(page => QuotedNumbers.Blocks(page.Text).Any(block => block.Results.Contains(name))))
            yield return $"no page has a place for it: a line <!-- made from results/{name}.json --> with {ResultPage.End} behind it, "
                + "or one that quotes from it";
        foreach (var (page, block) in blocks)
        {
            if (page.Text[block.From..block.To] != ResultPage.Of(block.Line, result))
                yield return $"{page.Path} does not say what it says";
        }
    }

    private IEnumerable<string> SettingFaults(string name)
    {
        string? fault = null;
        var source = SourceOf(name);
        try
        {
            if (source.SettingsOfCommand() is { } settings && !JsonNode.DeepEquals(settings, source.SettingsFound()))
                fault = $"it was found with other settings than {source.Command} has";
        }
        catch (RunFolderException error)
        {
            fault = error.Message;
        }
        catch (ConfigException error)
        {
            fault = $"it was found with settings that are read no longer: {error.Message}";
        }
        return fault is null ? [] : [fault];
    }

    private IEnumerable<string> CodeFaults(string name)
    {
        // Times are of the version and the machine that they name.
        if (SourceOf(name).IsTiming)
            yield break;
        var code = ReadCode();
        var now = SourceState.Of(_root);
        string? own = SourceOf(name).OwnFolder;
        // Known good: when it was taken, and each time that somebody said so since; the last is what changes are told from.
        string[] accepted = [.. code["taken"]![name] is { } taken ? (string[])[taken.GetValue<string>()] : [],
            .. code["notes"]!.AsArray().Select(note => note!["code"]!.GetValue<string>())];
        var changes = accepted.Select(state => now.ChangedFrom(StateOf(code, state), own)).ToArray();
        if (changes.Length == 0)
            yield return "nobody knows the code it was found with";
        else if (changes.All(changed => changed.Count > 0))
            yield return $"the code has changed since: {string.Join(", ", changes[^1])}";
    }

    private static SourceState StateOf(JsonObject code, string name) => new(
        code["states"]![name]!.AsObject().ToDictionary(folder => folder.Key, folder => folder.Value!.GetValue<string>()));

    /// <summary>Writes the state of the code down where it is not yet.</summary>
    private string Remember(JsonObject code)
    {
        var now = SourceState.Of(_root);
        code["states"]!.AsObject()[now.Name] = new JsonObject(now.Folders.Select(folder => KeyValuePair.Create<string, JsonNode?>(folder.Key, folder.Value)));
        return now.Name;
    }

    private JsonObject ReadCode() => _files.Has($"results/{CodeFile}") ? Json(_files.PathOf($"results/{CodeFile}"))
        : new JsonObject { ["states"] = new JsonObject(), ["taken"] = new JsonObject(), ["notes"] = new JsonArray() };

    /// <summary>Writes what is known of the code, without states that nothing speaks of.</summary>
    private void Write(JsonObject code)
    {
        HashSet<string> spoken = [.. code["taken"]!.AsObject().Select(taken => taken.Value!.GetValue<string>()),
            .. code["notes"]!.AsArray().Select(note => note!["code"]!.GetValue<string>())];
        foreach (string state in code["states"]!.AsObject().Select(state => state.Key).Where(state => !spoken.Contains(state)).ToArray())
            _ = code["states"]!.AsObject().Remove(state);
        _files.WriteText($"results/{CodeFile}", code.ToJsonString(Written) + "\n");
    }
}
