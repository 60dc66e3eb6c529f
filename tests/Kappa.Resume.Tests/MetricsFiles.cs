using System.Text.Json;

namespace Kappa.Resume.Tests;

/// <summary>The files of metrics in a folder.</summary>
internal static class MetricsFiles
{
    /// <summary>Says which have a line that is not whole.</summary>
    internal static IEnumerable<string> BrokenLines(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*.jsonl", SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(file);
            if (!text.EndsWith('\n') || text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(line => !IsJson(line)))
                yield return $"{Path.GetRelativePath(folder, file)} has a line that is not whole";
        }
    }

    private static bool IsJson(string line)
    {
        try
        {
            using var _ = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
