using System.Security.Cryptography;

namespace Kappa.Lab.Data;

/// <summary>A data set that is installed as a package: where it is looked for, the command that gets it, and what its files must be.</summary>
/// <remarks>Nothing is downloaded from here. Every file that is read is checked against the length and SHA-256 of the version that is pinned.</remarks>
public sealed class DataPackage
{
    private readonly Func<PackageSource> _source;
    private readonly Func<IEnumerable<string>> _places;
    private readonly Lazy<IReadOnlyDictionary<string, DataFile>> _files;

    internal DataPackage(string name, string summary, Func<PackageSource> source, Func<IEnumerable<string>> places, Func<IEnumerable<DataFile>> files)
    {
        (Name, Summary, _source, _places) = (name, summary, source, places);
        _files = new(() => files().ToDictionary(file => file.Path));
    }

    /// <summary>The name, such as <c>fashion-mnist</c>.</summary>
    public string Name { get; }

    /// <summary>One sentence on what it holds.</summary>
    public string Summary { get; }

    /// <summary>The package that it comes in.</summary>
    public PackageSource Source => _source();

    /// <summary>The command that installs it, such as <c>apt-get install dataset-fashion-mnist</c>.</summary>
    public string InstallCommand => Source.Command;

    /// <summary>The environment variable that names the folder where it is not in one of the usual places, such as <c>KAPPA_DATA_FASHION_MNIST</c>.</summary>
    public string EnvironmentVariable => "KAPPA_DATA_" + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>The SHA-256 of the hashes of its files, which are checked whenever they are read.</summary>
    public string Fingerprint => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Files.Select(file => $"{file.Sha256} {file.Path}").Order(StringComparer.Ordinal)))));

    /// <summary>The folder it is in, or null.</summary>
    /// <remarks>The one that <see cref="EnvironmentVariable"/> names and no other; where it is not set, the first usual place with all files.</remarks>
    public string? Find() => Search(Environment.GetEnvironmentVariable(EnvironmentVariable)).Folder;

    /// <summary>That it is not there, and the way out; null where it is.</summary>
    internal string? WhyMissing() => Find() is not null ? null
        : $"the data set {Name} is not there. Install it with: {InstallCommand}, or set {EnvironmentVariable} to the folder that holds it"
          + (Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } named ? $"; it names {named}" : "");

    /// <summary>The folder it is in.</summary>
    /// <param name="folder">The folder to use, or null to search as <see cref="Find"/> does.</param>
    /// <exception cref="FileNotFoundException">It is not there; the message says where it was looked for and which command installs it.</exception>
    public string Locate(string? folder = null) => Locate(folder, Environment.GetEnvironmentVariable(EnvironmentVariable));

    /// <summary>Checks the length and hash of every file.</summary>
    /// <param name="folder">Where they are.</param>
    /// <exception cref="DataFileException">A file is another one; the message names it, what was expected and what it is.</exception>
    public void Verify(string folder)
    {
        foreach (var file in Files)
            _ = Read(folder, file.Path);
    }

    internal IEnumerable<DataFile> Files => _files.Value.Values;

    internal string Locate(string? folder, string? environment)
    {
        // What the user named is never silently replaced by another folder.
        var (found, places) = Search(folder ?? environment);
        if (found is not null)
            return found;
        string missing = places.FirstOrDefault(Directory.Exists) is { } existing
            ? Path.Combine(existing, Files.First(file => !File.Exists(PathOf(existing, file))).Path)
            : places[0];
        string origin = folder is null && !string.IsNullOrEmpty(environment) ? $", which {EnvironmentVariable} names" : "";
        throw new FileNotFoundException(
            $"the data set {Name} was not found: {missing} is not there (looked in {string.Join(", ", places)}{origin}). "
            + $"Install it with '{InstallCommand}', or set {EnvironmentVariable} to the folder that holds it.", missing);
    }

    /// <summary>The bytes of a file, checked.</summary>
    /// <exception cref="DataFileException">Its length or hash is another one.</exception>
    internal byte[] Read(string folder, string path)
    {
        var file = _files.Value[path];
        string place = PathOf(folder, file);
        string remedy = $"Install {Name} again with '{InstallCommand}'.";
        long length = new FileInfo(place).Length;
        if (length != file.Bytes)
            throw new DataFileException(place, $"{file.Bytes} bytes", $"{length} bytes", remedy);
        byte[] bytes = BoundedFile.ReadAllBytes(place, (int)file.Bytes);
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return hash == file.Sha256 ? bytes : throw new DataFileException(place, $"SHA-256 {file.Sha256}", hash, remedy);
    }

    internal static string PathOf(string folder, DataFile file) => Path.Combine(folder, file.Path.Replace('/', Path.DirectorySeparatorChar));

    private (string? Folder, IReadOnlyList<string> Places) Search(string? named)
    {
        string[] places = string.IsNullOrEmpty(named) ? [.. _places().Distinct()] : [named];
        return (places.FirstOrDefault(place => Files.All(file => File.Exists(PathOf(place, file)))), places);
    }
}

/// <summary>A file of a package as it must be.</summary>
/// <param name="Path">Relative to the package's folder, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal digits.</param>
internal sealed record DataFile(string Path, long Bytes, string Sha256);
