namespace Kappa.Checkpoints;

/// <summary>Writes a file whole or not at all: readers, and a later run, see the old bytes or the new ones.</summary>
/// <remarks>
/// <para>The bytes go to a temporary file in the same folder, <c>.name.process.number.kappa-tmp</c>, which is flushed to the disk and
/// renamed over the file. A failure removes the temporary; one that a killed process left behind is removed by the next write of the
/// same path. A temporary in use is locked, so that two processes may write the same path: the last one wins.</para>
/// <para>A symbolic link keeps pointing where it did: its target is replaced. After a power cut the old file may be back, since the
/// folder itself is not flushed; it is whole, too.</para>
/// </remarks>
public static class AtomicFile
{
    private const string TemporarySuffix = ".kappa-tmp";
    private const int BufferBytes = 1 << 16;
    private const int CreationAttempts = 20;

    private static int _lastNumber;

    /// <summary>Writes a file whole or not at all.</summary>
    /// <param name="path">The file; replaced where it exists. Its folder must exist.</param>
    /// <param name="write">Writes the contents; it may close the stream. What it throws leaves the old file as it was.</param>
    /// <exception cref="IOException">The file cannot be written (full disk, missing folder, missing right); the old one is intact.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, file => file);

    /// <summary>As the public method, with the file behind a stream of the caller's, to inject faults.</summary>
    internal static void Write(string path, Action<Stream> write, Func<Stream, Stream> wrap)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string? temporary = null;
        try
        {
            string target = FinalTarget(path);
            RemoveStaleTemporaries(target);
            // Open until after the rename: the lock on it tells other processes that it is in use.
            using var file = CreateTemporary(target, out temporary);
            CopyPermissions(target, temporary);
            var buffered = new BufferedStream(wrap(file), BufferBytes);
            write(new KeptOpenStream(buffered));
            buffered.Flush();
            file.Flush(flushToDisk: true);
            File.Move(temporary, target, overwrite: true);
            temporary = null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{path}: could not be written: {error.Message} What was there before is intact. "
                + "Free some space, or choose a folder that exists and may be written to, and write again.", error);
        }
        finally
        {
            if (temporary is not null)
            {
                TryDelete(temporary);
            }
        }
    }

    private static string FinalTarget(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static FileStream CreateTemporary(string target, out string temporary)
    {
        for (int attempt = 1; ; attempt++)
        {
            string path = $"{TemporaryPrefix(target)}{Environment.ProcessId}.{Interlocked.Increment(ref _lastNumber)}{TemporarySuffix}";
            try
            {
                // Unbuffered, so that closing after a failure has nothing left to write that could fail again.
                var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete, bufferSize: 0);
                if (File.Exists(path) || attempt == CreationAttempts)
                {
                    temporary = path;
                    return file;
                }
                // Another writer took it for stale before it was locked. From the lock on it is safe, so this is checked once.
                file.Dispose();
            }
            catch (IOException) when (attempt < CreationAttempts)
            {
                // As above, at the moment of locking; or another machine with the same process number holds the name. The next is free.
            }
        }
    }

    private static void RemoveStaleTemporaries(string target)
    {
        string pattern = Path.GetFileName(TemporaryPrefix(target));
        foreach (string candidate in Directory.EnumerateFiles(Path.GetDirectoryName(target)!, "*" + TemporarySuffix))
        {
            if (IsTemporary(Path.GetFileName(candidate.AsSpan()), pattern))
            {
                DeleteUnlessInUse(candidate);
            }
        }
    }

    /// <summary>Exactly prefix, number, dot, number, suffix: another file's temporary may begin with the same prefix.</summary>
    private static bool IsTemporary(ReadOnlySpan<char> name, string prefix)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal) || !name.EndsWith(TemporarySuffix, StringComparison.Ordinal)
            || name.Length < prefix.Length + TemporarySuffix.Length)
        {
            return false;
        }
        var numbers = name[prefix.Length..^TemporarySuffix.Length];
        int dot = numbers.IndexOf('.');
        return dot > 0 && dot < numbers.Length - 1 && !numbers[..dot].ContainsAnyExceptInRange('0', '9')
            && !numbers[(dot + 1)..].ContainsAnyExceptInRange('0', '9');
    }

    private static void DeleteUnlessInUse(string temporary)
    {
        try
        {
            // Deleted while locked: between unlocking and deleting, its writer could lock it.
            new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // In use, or not ours to delete.
        }
    }

    private static string TemporaryPrefix(string target) =>
        Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.");

    private static void CopyPermissions(string target, string temporary)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is recognisable by its name, and the next write of the same path tries again.
        }
    }
}
