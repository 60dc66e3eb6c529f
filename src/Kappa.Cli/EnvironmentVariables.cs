using Kappa.TorchSharp;

namespace Kappa.Cli;

/// <summary>Checks what Kappa takes from the environment as it would an option: at the start, before anything has been done.</summary>
internal static class EnvironmentVariables
{
    /// <summary>How many threads an operation may use.</summary>
    internal const string Threads = "KAPPA_THREADS";

    /// <summary>Those that name a file or folder, and which.</summary>
    internal static IReadOnlyList<(string Name, string Place)> Places =>
    [
        .. DataCatalog.All.Select(package => (package.EnvironmentVariable, $"the folder that holds the data set {package.Name}")),
        (HumanoidModelFile.EnvironmentVariable, "the file humanoid.xml of MuJoCo 2.2.2"),
        (Libtorch.EnvironmentVariable, "the folder with libtorch's libraries"),
    ];

    /// <exception cref="UsageException">A variable is set to what it cannot be.</exception>
    internal static void Check()
    {
        try
        {
            ComputeThreads.Check();
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"{Threads}: {error.Message}");
        }
        foreach (var (name, place) in Places)
        {
            if (Environment.GetEnvironmentVariable(name) is { } text && string.IsNullOrWhiteSpace(text))
                throw new UsageException($"{name}: expected {place}; got an empty text. Set it to a path, or unset it to look in the usual places");
        }
    }
}
