namespace Kappa.Lab.Reports;

/// <summary>A finished run that goes into a report of several.</summary>
/// <param name="Name">What it is called there: the end of its path, as long as it takes to tell it from the others.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Sha256">The SHA-256 of its <c>report.json</c>.</param>
/// <param name="Report">Its report.</param>
public sealed record ReportSource(string Name, string Folder, string Sha256, Report Report)
{
    /// <summary>Reads the reports of folders.</summary>
    /// <param name="folders">The folders, at least one.</param>
    /// <exception cref="RunFolderException">A folder has no report, or comes twice.</exception>
    /// <exception cref="DamagedFileException">A report is not as it was written.</exception>
    public static IReadOnlyList<ReportSource> Read(IReadOnlyList<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        string[] paths = [.. folders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))];
        if (paths.GroupBy(path => path, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new RunFolderException($"{twice.Key}: expected each folder once; got it {twice.Count()} times. Leave it out where it comes again");
        string[] names = NamesOf(paths);
        return [.. folders.Select((folder, i) => new ReportSource(names[i], paths[i], FileHash.Of(ReportReader.PathIn(folder)), ReportReader.Read(folder)))];
    }

    /// <summary>One report of all sources; each study is called by its run, where there are several.</summary>
    /// <param name="sources">The sources, at least one.</param>
    /// <param name="environment">Where and by what the one report is made.</param>
    public static Report Merge(IReadOnlyList<ReportSource> sources, RunEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(sources);
        string title = sources.Count == 1 ? sources[0].Report.Title : string.Join(", ", sources.Select(source => source.Name));
        return new Report(title, environment, [.. sources.SelectMany(source => source.Report.Parts.Select(part => part with
        {
            Name = sources.Count == 1 ? part.Name : source.Report.Parts.Count == 1 ? source.Name : $"{source.Name}: {part.Name}",
            Environment = part.Environment ?? source.Report.Environment,
        }))]);
    }

    private static string[] NamesOf(string[] paths)
    {
        string[][] parts = [.. paths.Select(path => path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))];
        for (int count = 1; ; count++)
        {
            string[] names = [.. parts.Select(path => string.Join('/', path.TakeLast(count)))];
            if (names.Distinct(StringComparer.Ordinal).Count() == names.Length)
                return names;
        }
    }
}
