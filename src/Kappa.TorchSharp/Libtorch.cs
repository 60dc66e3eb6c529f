using System.Runtime.InteropServices;

namespace Kappa.TorchSharp;

/// <summary>Finds libtorch, of which a program that refers to this package alone has none, and loads it.</summary>
/// <remarks>
/// The first of these that holds one is taken: the folder that <see cref="EnvironmentVariable"/> names; the program's own folder; the cache of NuGet, with the
/// package <c>libtorch-cpu-...</c>. TorchSharp's library between, which comes with it, is made for one version of libtorch: <see cref="Version"/>.
/// </remarks>
public static class Libtorch
{
    /// <summary>Names the folder <c>lib</c> of a libtorch, or of PyTorch's package for Python.</summary>
    public const string EnvironmentVariable = "KAPPA_LIBTORCH";

    /// <summary>The version that TorchSharp is made for.</summary>
    public const string Version = "2.10.0";

    // What .NET puts between the name of a library and what the loader said.
    private const string Advice = "LD_DEBUG environment variable: ";
    private const string NewerStandardLibrary = "GLIBCXX_";

    private static readonly Lock Gate = new();
    private static string? _loadedFrom;

    private static string System => OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";

    private static string Runtime => $"{System}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>Loads libtorch, once for the process.</summary>
    /// <returns>The folder that it was loaded from.</returns>
    /// <exception cref="NotSupportedException">There is none, or it cannot be loaded; the message says why and the way out.</exception>
    public static string Load()
    {
        lock (Gate)
            return _loadedFrom ??= LoadFrom(Locate(Environment.GetEnvironmentVariable(EnvironmentVariable), ProgramFolders(), CacheFolders()));
    }

    /// <summary>The folder that holds libtorch.</summary>
    /// <param name="given">What the user names; null for nothing.</param>
    /// <param name="program">Where the program has its libraries.</param>
    /// <param name="cache">Where packages are.</param>
    /// <exception cref="NotSupportedException">There is none.</exception>
    internal static string Locate(string? given, IEnumerable<string> program, IEnumerable<string> cache)
    {
        if (given is not null)
        {
            string[] inside = [given, Path.Combine(given, "lib")];
            return inside.FirstOrDefault(Holds) ?? throw new NotSupportedException(
                $"{EnvironmentVariable} is {(given.Length == 0 ? "an empty text" : given)}, where no {FileOf("torch_cpu")} is. {WaysOut}");
        }

        return program.Concat(cache).FirstOrDefault(Holds)
            ?? throw new NotSupportedException($"libtorch {Version} was not found, neither beside the program nor in the cache of NuGet. {WaysOut}");
    }

    /// <summary>What a loader's complaint means.</summary>
    /// <param name="complaint">What it said.</param>
    /// <param name="folder">Where libtorch is.</param>
    internal static string Explain(string complaint, string folder) => complaint.Contains(NewerStandardLibrary, StringComparison.Ordinal)
        ? "the C++ library of this system is too old for TorchSharp, which takes that of GCC 13 (GLIBCXX_3.4.32) or later: Debian 13, Ubuntu 24.04, "
            + $"Fedora 38. Take such a system, or a container of it. The loader said: {complaint}"
        : $"libtorch in {folder} cannot be loaded; TorchSharp takes version {Version}. The loader said: {complaint}. {WaysOut}";

    private static string WaysOut =>
        $"Take one of these, and set {EnvironmentVariable} to the folder with {FileOf("torch_cpu")}: libtorch {Version} from https://pytorch.org, unpacked, "
        + $"its folder lib; or pip install torch=={Version}, its folder torch/lib. For the processor alone, the package libtorch-cpu-{Runtime} {Version} of "
        + "NuGet in its cache is found without";

    private static string LoadFrom(string folder)
    {
        try
        {
            // Each before those that ask for it: what they need is then found among what is loaded, wherever it lies.
            foreach (string name in new[] { "c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch" })
            {
                string file = Path.Combine(folder, FileOf(name));
                if (File.Exists(file))
                    _ = NativeLibrary.Load(file);
            }

            string between = ProgramFolders().Append(folder).Select(place => Path.Combine(place, BetweenName)).FirstOrDefault(File.Exists)
                ?? throw new NotSupportedException($"TorchSharp has no {BetweenName} for {Runtime}");
            _ = NativeLibrary.Load(between);
            return folder;
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new NotSupportedException(Explain(error.Message.ReplaceLineEndings(" ").Split(Advice)[^1].Trim(), folder), error);
        }
    }

    private static string BetweenName => OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : $"libLibTorchSharp.{Ending}";

    private static string Ending => OperatingSystem.IsWindows() ? "dll" : OperatingSystem.IsMacOS() ? "dylib" : "so";

    private static string FileOf(string name) => OperatingSystem.IsWindows() ? $"{name}.dll" : $"lib{name}.{Ending}";

    private static bool Holds(string folder) => File.Exists(Path.Combine(folder, FileOf("torch_cpu")));

    private static string[] ProgramFolders() => [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", Runtime, "native")];

    private static IEnumerable<string> CacheFolders()
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string package = Path.Combine(packages, $"libtorch-cpu-{Runtime}");
        return !Directory.Exists(package) ? [] : Directory.EnumerateDirectories(package, $"{Version}*").Order(StringComparer.Ordinal)
            .Select(version => Path.Combine(version, "runtimes", Runtime, "native"));
    }
}
