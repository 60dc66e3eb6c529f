using System.Security.Cryptography;

namespace Kappa.Lab.Runs;

/// <summary>The lines of <c>metrics.jsonl</c>: appended while a run goes on, cut back to a checkpoint when it resumes.</summary>
internal sealed class MetricsLog : IDisposable
{
    // Years of lines.
    private const int LargestFile = 1 << 30;

    private readonly FileStream? _file;
    private readonly IncrementalHash _hash;

    private MetricsLog(FileStream? file, IncrementalHash hash, int lines) => (_file, _hash, Lines) = (file, hash, lines);

    internal int Lines { get; private set; }

    /// <summary>What a checkpoint counts on: so many lines, with this hash.</summary>
    internal MetricsMark Mark => new(Lines, Convert.ToHexStringLower(_hash.GetCurrentHash()));

    /// <summary>Opens a log and keeps the lines of a mark; null for none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mark">How much of it counts.</param>
    /// <param name="isWritten">Whether lines are written, as one process of a job does; otherwise they are only counted.</param>
    /// <exception cref="DamagedFileException">The file has fewer lines, or others.</exception>
    internal static MetricsLog Open(string path, MetricsMark? mark, bool isWritten = true)
    {
        if (!isWritten)
        {
            var kept = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            if (mark is { Lines: > 0 })
                kept.AppendData(Kept(path, BoundedFile.ReadAllBytes(path, LargestFile), mark));
            return new MetricsLog(null, kept, mark?.Lines ?? 0);
        }
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            long end = 0;
            if (mark is { Lines: > 0 })
            {
                byte[] text = BoundedFile.ReadAllBytes(path, LargestFile);
                var kept = Kept(path, text, mark);
                hash.AppendData(kept);
                end = kept.Length;
            }
            file.SetLength(end);
            file.Position = end;
            return new MetricsLog(file, hash, mark?.Lines ?? 0);
        }
        catch
        {
            file.Dispose();
            hash.Dispose();
            throw;
        }
    }

    /// <summary>The lines so far; up to a mark, they are checked. A last line that a killed process left half-written is left out.</summary>
    /// <exception cref="DamagedFileException">The file has fewer lines than the mark, or others.</exception>
    internal static IReadOnlyList<T> Read<T>(string path, MetricsMark? mark = null)
        where T : class
    {
        if (!File.Exists(path) && mark is null or { Lines: 0 })
            return [];
        byte[] text = BoundedFile.ReadAllBytes(path, LargestFile);
        string lines = Encoding.UTF8.GetString(mark is null ? text : Kept(path, text, mark));
        var result = new List<T>();
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                result.Add(JsonSerializer.Deserialize<T>(line, RunJson.Exact) ?? throw new JsonException("expected an object; got null"));
            }
            catch (JsonException) when (mark is null)
            {
                break;
            }
            catch (JsonException error)
            {
                throw Damaged(path, $"line {result.Count + 1} is none that this version of Kappa writes: {error.Message}");
            }
        }
        return result;
    }

    internal void Append<T>(T line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, RunJson.Exact), (byte)'\n'];
        _file?.Write(bytes);
        _file?.Flush();
        _hash.AppendData(bytes);
        Lines++;
    }

    /// <summary>Puts the lines on the disk, before a checkpoint counts on them.</summary>
    internal void FlushToDisk() => _file?.Flush(flushToDisk: true);

    public void Dispose()
    {
        _file?.Dispose();
        _hash.Dispose();
    }

    private static ReadOnlySpan<byte> Kept(string path, ReadOnlySpan<byte> text, MetricsMark mark)
    {
        int end = 0;
        for (int line = 0; line < mark.Lines; line++)
        {
            int length = text[end..].IndexOf((byte)'\n');
            if (length < 0)
                throw Damaged(path, $"expected at least the {mark.Lines} lines that the last checkpoint counts on; it has {line}");
            end += length + 1;
        }
        return Convert.ToHexStringLower(SHA256.HashData(text[..end])) == mark.Sha256
            ? text[..end]
            : throw Damaged(path, $"its first {mark.Lines} lines are not those that were written: their SHA-256 is another one");
    }

    private static DamagedFileException Damaged(string path, string fault) =>
        new(path, fault, "Put the file back from a copy, or start the run over with --force");
}
