using System.Security.Cryptography;

namespace Kappa.Lab.Runs;

/// <summary>The SHA-256 of a file, of which no more than a buffer is in memory.</summary>
internal static class FileHash
{
    internal static string Of(string path)
    {
        using var file = BoundedFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
