namespace Kappa.Lab.Watching;

/// <summary>What there is to see of the runs below a folder, by the paths of addresses. It reads, and writes nothing.</summary>
public sealed class RunPages
{
    private readonly ShownFolder _folder;
    private readonly RunLook _look;
    private readonly RunFinder _finder;
    private readonly RunPage _page;

    /// <summary>Shows a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="choices">The tasks, experiments and so on that configs may name.</param>
    public RunPages(ShownFolder folder, Choices choices)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(choices);
        (_folder, _look, _page) = (folder, new RunLook(choices), new RunPage(new RunCurves(choices)));
        _finder = new RunFinder(folder, _look);
    }

    /// <summary>The runs, the last begun first.</summary>
    public IReadOnlyList<RunView> Runs() => _finder.All().Runs;

    /// <summary>What is at a path.</summary>
    /// <param name="path">The path, decoded, such as <c>/</c> or <c>/runs/first-1/report.html</c>.</param>
    /// <returns>The page; one that says what was expected where there is none.</returns>
    /// <exception cref="IOException">A report vanished at this moment, or may not be read.</exception>
    public ServedPage Get(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == "/")
        {
            if (_folder.Find("") is null)
                return Html(ListPage.Gone(_folder), isFound: false);
            var (runs, isCut) = _finder.All();
            return Html(ListPage.Of(_folder, runs, isCut));
        }
        if (path.StartsWith(WatchHtml.Assets, StringComparison.Ordinal))
            return Asset(path[WatchHtml.Assets.Length..]);
        return path.StartsWith(WatchHtml.Runs, StringComparison.Ordinal) ? Run(path[WatchHtml.Runs.Length..]) : Html(RunPage.Gone(path), isFound: false);
    }

    private ServedPage Run(string place)
    {
        int slash = place.LastIndexOf('/');
        if (place[(slash + 1)..] == ReportWriter.PageName)
            return Report(place[..Math.Max(slash, 0)]);
        place = place.TrimEnd('/');
        return _folder.Find(place) is { } folder && _look.At(folder, place) is { } run
            ? Html(_page.Of(run, folder))
            : Html(RunPage.Gone(place), isFound: false);
    }

    private ServedPage Report(string place)
    {
        string? file = _folder.Find(place) is { } folder ? Path.Combine(folder, ReportWriter.PageName) : null;
        return file is not null && ShownFolder.HasFile(file)
            ? new ServedPage(
                WatchHtml.ContentType, WatchHtml.ReportPolicy, new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            : Html(RunPage.Gone(place), isFound: false);
    }

    private static ServedPage Asset(string name)
    {
        if (!WatchHtml.Files.TryGetValue(name, out string? file))
            return Html(RunPage.Gone(name), isFound: false);
        string type = name.EndsWith(".css", StringComparison.Ordinal) ? "text/css" : "text/javascript";
        return new ServedPage($"{type}; charset=utf-8", WatchHtml.OwnPolicy, Bytes(HtmlPage.Resource(file)));
    }

    private static ServedPage Html(string text, bool isFound = true) => new(WatchHtml.ContentType, WatchHtml.OwnPolicy, Bytes(text)) { IsFound = isFound };

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
