namespace Kappa.Lab.Data;

/// <summary>A program that downloads and installs packages.</summary>
public enum PackageManager
{
    /// <summary>Debian's <c>apt-get</c>, which needs root.</summary>
    Apt,

    /// <summary><c>npm</c>, of Node.js.</summary>
    Npm,

    /// <summary>NuGet, by <c>dotnet package download</c> of .NET 10.</summary>
    NuGet,
}
