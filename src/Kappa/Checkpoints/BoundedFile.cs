using System.Globalization;

namespace Kappa.Checkpoints;

/// <summary>Reads a file that may be anybody's: never more than a bound, which is checked before anything is allocated.</summary>
public static class BoundedFile
{
    private const int FirstBytes = 1 << 16;

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file; also one that does not know its length, such as a pipe, of which no more is read than the bound.</param>
    /// <param name="atMost">The most bytes, 0 to <see cref="Array.MaxLength"/>.</param>
    /// <exception cref="IOException">It does not exist, is a folder, cannot be read, or is larger; the message names it and the bound.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAllBytes(string path, int atMost)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(atMost);
        using var file = Open(path);
        long length = file.CanSeek ? file.Length : 0;
        if (length > atMost)
            throw TooLarge(path, atMost, string.Create(CultureInfo.InvariantCulture, $"{length:N0}"));
        // One byte more, so that a file that grew, or that says it is empty and is not, is found.
        byte[] bytes = new byte[length > 0 ? (int)length + 1L : Math.Min(FirstBytes, atMost + 1L)];
        int count = 0;
        for (int read; (read = file.Read(bytes, count, bytes.Length - count)) > 0;)
        {
            count += read;
            if (count > atMost)
                throw TooLarge(path, atMost, "more");
            if (count == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, atMost + 1L));
        }
        return bytes[..count];
    }

    /// <summary>Opens a file to read it, also one that another process writes to.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The file at its beginning, of which nothing is read ahead.</returns>
    /// <exception cref="IOException">It does not exist, is a folder, or cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // The system says of a folder that access is denied.
        return Directory.Exists(path)
            ? throw new IOException($"{path}: expected a file; it is a folder. Name a file in it")
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    private static IOException TooLarge(string path, int atMost, string got) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}: expected a file of at most {atMost:N0} bytes; got {got}. Is it the right one?"));
}
