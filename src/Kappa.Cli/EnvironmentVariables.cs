namespace Kappa.Cli;

/// <summary>Checks what Kappa takes from the environment as it would an option: at the start, before anything has been done.</summary>
internal static class EnvironmentVariables
{
    /// <summary>Those that name a file or folder.</summary>
    internal static IEnumerable<string> Names => [HumanoidModelFile.EnvironmentVariable, .. DataCatalog.All.Select(package => package.EnvironmentVariable)];

    /// <exception cref="UsageException">A variable is set to what it cannot be.</exception>
    internal static void Check()
    {
        try
        {
            ComputeThreads.Check();
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"KAPPA_THREADS: {error.Message}");
        }
        foreach (var package in DataCatalog.All)
            RefuseEmpty(package.EnvironmentVariable, $"the folder that holds the data set {package.Name}");
        RefuseEmpty(HumanoidModelFile.EnvironmentVariable, "the file humanoid.xml of MuJoCo 2.2.2");
    }

    private static void RefuseEmpty(string name, string expected)
    {
        if (Environment.GetEnvironmentVariable(name) is { } text && string.IsNullOrWhiteSpace(text))
            throw new UsageException($"{name}: expected {expected}; got an empty text. Set it to a path, or unset it to look in the usual places");
    }
}
