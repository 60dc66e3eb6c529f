namespace Kappa.Lab.Data;

/// <summary>A file of a package as it must be.</summary>
/// <param name="Path">Relative to the package's folder, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal digits.</param>
internal sealed record DataFile(string Path, long Bytes, string Sha256);
