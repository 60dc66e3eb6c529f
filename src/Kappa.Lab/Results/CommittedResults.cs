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
    public string CommandOf(string name)
    {
        var result = Read(name);
        return result["experiment"] is { } experiment ? $"kappa reproduce {experiment.GetValue<string>()}" : result["command"]!.GetValue<string>();
    }

    /// <summary>What is wrong with a result: a page that says something else, settings that are not the command's, code that has changed since.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>A sentence for each; none where all is well.</returns>
    public IReadOnlyList<string> FaultsOf(string name) => [.. PageFaults(name), .. SettingFaults(name), .. CodeFaults(name)];

    /// <summary>Takes over what a finished run of an experiment found, and makes the pages anew that have a place for it.</summary>
    /// <param name="folder">The run.</param>
    /// <returns>The name of the result, and the pages that were written.</returns>
    /// <exception cref="RunFolderException">It is no finished run of an experiment.</exception>
    public (string Name, IReadOnlyList<string> Pages) Take(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var config = Json(Path.Combine(folder, "config.json"));
        var report = Json(Path.Combine(folder, "report.json"));
        if (config["experiment"]?.GetValue<string>() is not { } experiment)
            throw new RunFolderException($"{folder}: expected a run of kappa reproduce; its config names no experiment");
        if (report["parts"]!.AsArray() is not [JsonObject part] || part["warning"] is not null)
        {
            throw new RunFolderException(
                $"{folder}: expected a finished run that was not changed on its way; got one that says: {report["parts"]![0]!["warning"]}");
        }
        var sections = part["findings"]!["sections"]!.DeepClone().AsArray();
        foreach (var section in sections)
            _ = section!.AsObject().Remove("plots");
        var settings = config["settings"]!.DeepClone();
        // Where runs lay that this one was made from is nobody's concern.
        if (settings["from"] is not null)
            settings["from"] = new JsonArray();
        var environment = report["environment"]!;
        var result = new JsonObject
        {
            ["experiment"] = experiment, ["settings"] = settings, ["version"] = environment["version"]!.DeepClone(),
            ["machine"] = environment["machine"]!.DeepClone(), ["headline"] = part["findings"]!["headline"]!.DeepClone(), ["sections"] = sections,
        };
        _files.WriteText($"results/{experiment}.json", result.ToJsonString(RunJson.Indented) + "\n");
        var code = ReadCode();
        code["taken"]!.AsObject()[experiment] = Remember(code);
        Write(code);
        var pages = new List<string>();
        foreach (var (path, page) in Pages().Where(page => ResultPage.Blocks(page.Text).Any(block => block.Result == experiment)).ToArray())
        {
            _files.WriteText(path, ResultPage.Renewed(page, experiment, result));
            pages.Add(path);
        }
        return (experiment, pages);
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
            throw new RunFolderException($"{path} is not there; expected a finished run of kappa reproduce, whose folder has config.json and report.json");
        }
    }

    private IEnumerable<(string Path, string Text)> Pages() => Directory.GetFiles(_root, "*.md")
        .Concat(Directory.GetFiles(Path.Combine(_root, "docs"), "*.md", SearchOption.AllDirectories)).Order(StringComparer.Ordinal)
        .Select(path => (Path.GetRelativePath(_root, path).Replace('\\', '/'), File.ReadAllText(path).ReplaceLineEndings("\n")));

    private IEnumerable<string> PageFaults(string name)
    {
        var result = Read(name);
        // The study of tables makes its page by itself.
        if (result["experiment"] is null)
            yield break;
        var blocks = Pages().SelectMany(page => ResultPage.Blocks(page.Text).Where(block => block.Result == name).Select(block => (page, block))).ToArray();
        if (blocks.Length == 0)
            yield return $"no page has a place for it: a line <!-- made from results/{name}.json --> with {ResultPage.End} behind it";
        foreach (var (page, block) in blocks)
        {
            if (page.Text[block.From..block.To] != ResultPage.Of(block.Line, result))
                yield return $"{page.Path} does not say what it says";
        }
    }

    private IEnumerable<string> SettingFaults(string name)
    {
        var result = Read(name);
        if (result["experiment"]?.GetValue<string>() is not { } experiment)
            yield break;
        var settings = _choices.Find<Experiment>(experiment).Settings(ExperimentScale.Short);
        if (!JsonNode.DeepEquals(settings, result["settings"]))
            yield return $"it was found with other settings than {CommandOf(name)} has";
    }

    private IEnumerable<string> CodeFaults(string name)
    {
        var code = ReadCode();
        var now = SourceState.Of(_root);
        string? experiment = Read(name)["experiment"]?.GetValue<string>();
        string? own = experiment is null ? null
            : $"src/Kappa.Lab/Experiments/{_choices.Find<Experiment>(experiment).GetType().Namespace!.Split('.')[^1]}";
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
