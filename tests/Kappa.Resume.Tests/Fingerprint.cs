using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Text;

namespace Kappa.Resume.Tests;

/// <summary>All files and folders under a folder, each as a text that two runs of the same config have in common: everything but times.</summary>
internal sealed partial class Fingerprint
{
    private const string FolderMark = "a folder";

    private readonly SortedDictionary<string, string> _entries = new(StringComparer.Ordinal);

    private Fingerprint()
    {
    }

    /// <summary>The relative paths; those of folders end with a slash.</summary>
    internal IReadOnlyCollection<string> Paths => _entries.Keys;

    /// <summary>Takes a folder; one that does not exist is empty.</summary>
    internal static Fingerprint Of(string folder)
    {
        var result = new Fingerprint();
        if (!Directory.Exists(folder))
            return result;
        foreach (string path in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))
            result._entries[Path.GetRelativePath(folder, path) + "/"] = FolderMark;
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            result._entries[Path.GetRelativePath(folder, path)] = Describe(path);
        return result;
    }

    /// <summary>The same without the file that says which process writes, and what it is written to first: a kill leaves it until the next start.</summary>
    internal Fingerprint WithoutOwner()
    {
        var result = new Fingerprint();
        foreach (var (path, text) in _entries.Where(entry => !entry.Key.Contains(".kappa-owner.json", StringComparison.Ordinal)))
            result._entries[path] = text;
        return result;
    }

    /// <summary>The first differences; null where there is none.</summary>
    /// <param name="expected">What it should be.</param>
    /// <param name="except">A file whose difference does not count.</param>
    internal string? DifferenceFrom(Fingerprint expected, string? except = null)
    {
        var found = new List<string>();
        found.AddRange(expected._entries.Keys.Except(_entries.Keys).Select(path => $"{path} is missing"));
        found.AddRange(_entries.Keys.Except(expected._entries.Keys).Select(path => $"{path} is left over"));
        foreach (var (path, text) in _entries)
        {
            if (path != except && expected._entries.TryGetValue(path, out string? other) && other != text)
                found.Add($"{path} differs: {Around(text, other)}");
        }
        return found.Count == 0 ? null : string.Join("; ", found.Take(4)) + (found.Count > 4 ? $"; {found.Count - 4} more" : "");
    }

    /// <summary>Whether a file is there and as in another fingerprint.</summary>
    internal bool Shares(string path, Fingerprint other) => _entries.TryGetValue(path, out string? text) && other._entries.GetValueOrDefault(path) == text;

    /// <summary>The files that are as in one run and not as in another.</summary>
    internal IReadOnlyList<string> FilesOf(Fingerprint one, Fingerprint other) =>
        [.. from entry in _entries
            where entry.Value != FolderMark && Shares(entry.Key, one) && !Shares(entry.Key, other)
            select entry.Key];

    private static string Around(string text, string expected)
    {
        int at = text.AsSpan().CommonPrefixLength(expected), start = Math.Max(0, at - 30);
        return $"expected ...{Part(expected)}..., got ...{Part(text)}...";

        string Part(string whole) => whole.Length <= start ? "the end" : whole[start..Math.Min(whole.Length, at + 30)].ReplaceLineEndings(" ");
    }

    private static string Describe(string path)
    {
        // Who held it last.
        if (path.EndsWith("lock", StringComparison.Ordinal))
            return "a lock";
        byte[] bytes = File.ReadAllBytes(path);
        return Path.GetExtension(path) switch
        {
            ".safetensors" => OfTensors(bytes),
            ".jsonl" => string.Join('\n', Encoding.UTF8.GetString(bytes).Split('\n').Select(line => line.Length == 0 ? "" : WithoutTimes(line))),
            ".json" => WithoutTimes(Encoding.UTF8.GetString(bytes)),
            ".html" => OfReport(Encoding.UTF8.GetString(bytes)),
            _ => Hash(bytes),
        };
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => $"{bytes.Length} bytes {Convert.ToHexString(SHA256.HashData(bytes))}";

    private static string OfTensors(byte[] bytes)
    {
        if (bytes.Length < 8 || BinaryPrimitives.ReadInt64LittleEndian(bytes) is var length && (length < 0 || length > bytes.Length - 8))
            return $"not whole, {Hash(bytes)}";
        return $"{WithoutTimes(Encoding.UTF8.GetString(bytes, 8, (int)length).TrimEnd())} {Hash(bytes.AsSpan(8 + (int)length))}";
    }

    private static string WithoutTimes(string json)
    {
        try
        {
            return Strip(JsonNode.Parse(json))?.ToJsonString() ?? "null";
        }
        catch (JsonException)
        {
            return $"not whole JSON: {json}";
        }
    }

    private static JsonNode? Strip(JsonNode? node)
    {
        switch (node)
        {
            // A cell of a report that shows a duration has it as a number beside.
            case JsonObject fields when fields["text"] is JsonValue cell && cell.TryGetValue(out string? shown) && Durations().IsMatch(shown):
                return JsonValue.Create("a duration");
            case JsonObject fields:
                foreach (var (name, value) in fields.ToArray())
                {
                    _ = fields.Remove(name);
                    if (!Times().IsMatch(name))
                        fields[name] = Strip(value);
                }
                return fields;
            case JsonArray array:
                var items = array.ToArray();
                array.Clear();
                foreach (var item in items)
                    array.Add(Strip(item));
                return array;
            case JsonValue value when value.TryGetValue(out string? text) && Hashes().IsMatch(text):
                return JsonValue.Create("a hash");
            // Text may be JSON again, such as the state in the header of a checkpoint.
            case JsonValue value when value.TryGetValue(out string? text) && text.StartsWith('{'):
                return JsonValue.Create(WithoutTimes(text));
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>What a report shows, without the plotting library, the times, and how it was made.</summary>
    private static string OfReport(string html)
    {
        html = Scripts().Replace(html, match => match.Length > 100_000 ? "" : match.Value);
        html = HowMade().Replace(html, "");
        return Durations().Replace(html, "");
    }

    // A hash of a file that holds times is a time as well, and so is who wrote it.
    [GeneratedRegex("seconds|^dataWait$|sha256|checksum|^(pid|process|processId|host|machine|started|written|environment)$", RegexOptions.IgnoreCase)]
    private static partial Regex Times();

    [GeneratedRegex("<script.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("<h2>How it was made</h2>.*?</dl>", RegexOptions.Singleline)]
    private static partial Regex HowMade();

    [GeneratedRegex(@"\d[\d.,]*\s?(?:µs|us|ms|s|min|h|% of the time)\b|\d{4}-\d\d-\d\d \d\d:\d\d(?: [+-]\d\d:\d\d)?")]
    private static partial Regex Durations();

    [GeneratedRegex("^(sha256[:-])?[0-9a-fA-F]{32,}$")]
    private static partial Regex Hashes();
}
