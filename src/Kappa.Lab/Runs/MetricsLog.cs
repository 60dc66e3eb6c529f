using System.Text.Json.Serialization.Metadata;
using System.Text.Json;
using System.Text;
using Kappa.Lab.Studies.Compare;

namespace Kappa.Lab.Runs;

/// <summary>The lines of <c>metrics.jsonl</c>: appended while a run goes on, cut back to a checkpoint when it resumes.</summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly FileStream _file;

    private MetricsLog(FileStream file, int lines)
    {
        _file = file;
        Lines = lines;
    }

    internal int Lines { get; private set; }

    /// <summary>Opens a log and keeps its first lines.</summary>
    /// <returns>The log; null where it has fewer lines than it must.</returns>
    internal static MetricsLog? Open(string path, int lines)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        long end = EndOfLine(file, lines);
        if (end < 0)
        {
            file.Dispose();
            return null;
        }
        file.SetLength(end);
        file.Position = end;
        return new MetricsLog(file, lines);
    }

    internal static IReadOnlyList<MetricsLine> Read(string path) => Read(path, LabJson.Default.MetricsLine);

    internal static IReadOnlyList<T> Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        if (!File.Exists(path))
            return [];
        var result = new List<T>();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            try
            {
                result.Add(JsonSerializer.Deserialize(line, type)!);
            }
            catch (JsonException)
            {
                // A killed process may have left the last line half written; a resume cuts it off.
                break;
            }
        }
        return result;
    }

    internal void Append(MetricsLine line) => Append(line, LabJson.Default.MetricsLine);

    internal void Append<T>(T line, JsonTypeInfo<T> type)
    {
        _file.Write(JsonSerializer.SerializeToUtf8Bytes(line, type));
        _file.Write("\n"u8);
        _file.Flush();
        Lines++;
    }

    /// <summary>Puts the lines on the disk, before a checkpoint counts on them.</summary>
    internal void FlushToDisk() => _file.Flush(flushToDisk: true);

    public void Dispose() => _file.Dispose();

    private static long EndOfLine(FileStream file, int lines)
    {
        if (lines == 0)
            return 0;
        Span<byte> buffer = stackalloc byte[4096];
        long position = 0;
        int seen = 0;
        for (int read; (read = file.Read(buffer)) > 0; position += read)
        {
            for (int i = 0; i < read; i++)
            {
                if (buffer[i] == (byte)'\n' && ++seen == lines)
                    return position + i + 1;
            }
        }
        return -1;
    }
}
