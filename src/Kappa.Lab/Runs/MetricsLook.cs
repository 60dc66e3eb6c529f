namespace Kappa.Lab.Runs;

/// <summary>Reads a log of metrics that another process may be writing: what cannot be read is left out, and nothing is written.</summary>
internal static class MetricsLook
{
    private const int LargestFile = 1 << 26;
    private const int Tail = 1 << 18;

    /// <summary>The lines so far; a last one that is not ended is still being written.</summary>
    /// <returns>The lines, and how many could not be read.</returns>
    /// <exception cref="IOException">It cannot be read, or is larger than 64 MB.</exception>
    internal static (IReadOnlyList<T> Lines, int Unreadable) All<T>(string path)
        where T : class => Parse<T>(BoundedFile.ReadAllBytes(path, LargestFile));

    /// <summary>The last line; null where none is near the end.</summary>
    internal static T? Last<T>(string path)
        where T : class
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Position = Math.Max(0, file.Length - Tail);
        byte[] bytes = new byte[Tail];
        int count = file.ReadAtLeast(bytes, Tail, throwOnEndOfStream: false);
        return Parse<T>(bytes.AsSpan(0, count)).Lines.LastOrDefault();
    }

    private static (IReadOnlyList<T> Lines, int Unreadable) Parse<T>(ReadOnlySpan<byte> text)
        where T : class
    {
        var lines = new List<T>();
        int unreadable = 0;
        for (int end; (end = text.IndexOf((byte)'\n')) >= 0; text = text[(end + 1)..])
        {
            if (Read<T>(text[..end]) is { } line)
                lines.Add(line);
            else
                unreadable++;
        }
        return (lines, unreadable);
    }

    private static T? Read<T>(ReadOnlySpan<byte> line)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, RunJson.Exact);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
