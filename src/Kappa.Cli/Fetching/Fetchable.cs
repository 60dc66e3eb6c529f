namespace Kappa.Cli.Fetching;

/// <summary>Something that package managers bring.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Sources">The packages, as they are named in the current folder.</param>
/// <param name="EnvironmentVariable">The variable that names a file or folder of the user's in its place.</param>
/// <param name="Look">What is there of it now; reads and checks every file.</param>
internal sealed record Fetchable(string Name, Func<IReadOnlyList<PackageSource>> Sources, string EnvironmentVariable, Func<Presence> Look)
{
    /// <summary>MuJoCo's library and its model of a humanoid.</summary>
    internal static Fetchable Mujoco { get; } = new(
        "mujoco",
        () => [new PackageSource(PackageManager.Apt, "libmujoco-dev", 0.6), new PackageSource(PackageManager.Apt, "libmujoco-samples", 2.6)],
        HumanoidModelFile.EnvironmentVariable,
        LookForMujoco);

    /// <summary>The data sets.</summary>
    internal static IReadOnlyList<Fetchable> DataSets { get; } = [.. DataCatalog.All.Select(Of)];

    internal static Fetchable Of(DataPackage package) => new(package.Name, () => [package.Source], package.EnvironmentVariable, () => LookFor(package));

    private static Presence LookFor(DataPackage package)
    {
        if (package.Find() is not { } folder)
            return Presence.Missing;
        try
        {
            package.Verify(folder);
            return new Presence(PresenceKind.Intact, folder);
        }
        catch (Exception error) when (error is DataFileException or IOException or UnauthorizedAccessException)
        {
            return new Presence(PresenceKind.Damaged, error.Message);
        }
    }

    private static Presence LookForMujoco()
    {
        if (MujocoLibrary.LookAgain() is { Length: > 0 } problem)
            return Presence.Missing with { Text = problem };
        try
        {
            return new Presence(PresenceKind.Intact, $"libmujoco, and {HumanoidModelFile.Locate()}");
        }
        catch (FileNotFoundException missing)
        {
            return Presence.Missing with { Text = missing.Message };
        }
    }
}
