namespace Kappa.Lab.Runs;

/// <summary>What <c>run.json</c> says of a folder: whose it is, and what decides its results. The file carries its own hash.</summary>
/// <param name="Kind">The command that writes here, such as <c>train</c>.</param>
/// <param name="Config">The config, every default spelt out.</param>
/// <param name="Data">What was read, by name or path, and the SHA-256 of each.</param>
/// <param name="Version">The version of Kappa that began it.</param>
/// <param name="Instructions">The vector instructions that it began with.</param>
/// <param name="Amendments">Where the config was changed on the way.</param>
public sealed record RunManifest(
    string Kind, JsonObject Config, IReadOnlyDictionary<string, string> Data, string Version, string? Instructions, IReadOnlyList<Amendment> Amendments)
{
    internal const string FileName = "run.json";
    private const string FormatName = "kappa-run";
    private const int CurrentVersion = 1;
    private const int LargestFile = 1 << 26;

    internal static string PathIn(string folder) => Path.Combine(folder, FileName);

    /// <exception cref="DamagedFileException">The file is not as it was written.</exception>
    internal static RunManifest Read(string folder)
    {
        string path = PathIn(folder);
        try
        {
            var json = SealedJson.Open(BoundedFile.ReadAllBytes(path, LargestFile));
            if ((string?)json["format"] != FormatName || (int?)json["version"] != CurrentVersion)
                throw new JsonException(
                    $"expected version {CurrentVersion} of the format {FormatName}; got {json["version"]?.ToJsonString()} of {json["format"]?.ToJsonString()}");
            return new RunManifest(
                (string)json["kind"]!, json["config"]!.DeepClone().AsObject(),
                json["data"]!.AsObject().ToDictionary(entry => entry.Key, entry => (string)entry.Value!), (string)json["kappa"]!, (string?)json["instructions"],
                [.. json["amendments"]!.AsArray().Select(one => one.Deserialize<Amendment>(RunJson.Whole)!)]);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or ArgumentNullException)
        {
            throw new DamagedFileException(
                path, $"it is damaged: {error.Message}", "Nothing was changed. Put the file back from a copy, or start over in another folder", error);
        }
    }

    internal byte[] ToBytes() => SealedJson.Seal(new JsonObject
    {
        ["format"] = FormatName,
        ["version"] = CurrentVersion,
        ["kind"] = Kind,
        ["kappa"] = Version,
        ["instructions"] = Instructions,
        ["data"] = new JsonObject(
            Data.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        ["config"] = Config.DeepClone(),
        ["amendments"] = JsonSerializer.SerializeToNode(Amendments, RunJson.Exact),
    });

    internal static RunManifest Begin(string kind, JsonObject config, IReadOnlyDictionary<string, string> data) =>
        new(kind, config, data, CodeVersion.Current, ComputeInstructions.Selected, []);

    /// <summary>In what a config and data differ from these, a line for each field, such as <c>steps: 1000 when the run began, 2000 now</c>.</summary>
    internal IReadOnlyList<string> DifferencesFrom(JsonObject config, IReadOnlyDictionary<string, string>? data)
    {
        var lines = new List<string>();
        Compare("", Config, JsonNode.Parse(config.ToJsonString()), lines);
        foreach (string name in data is null ? Enumerable.Empty<string>() : Data.Keys.Union(data.Keys).Order(StringComparer.Ordinal))
        {
            string? then = Data.GetValueOrDefault(name), now = data!.GetValueOrDefault(name);
            if (then != now)
                lines.Add($"data {name}: {Contents(then)} when the run began, {Contents(now)} now");
        }
        return lines;
    }

    private static string Contents(string? hash) => hash is null ? "not read" : $"contents of SHA-256 {hash[..12]}...";

    private static void Compare(string path, JsonNode? there, JsonNode? here, List<string> lines)
    {
        if (there is JsonObject left && here is JsonObject right)
        {
            foreach (string name in left.Select(field => field.Key).Union(right.Select(field => field.Key)))
                Compare(path.Length == 0 ? name : $"{path}.{name}", left[name], right[name], lines);
        }
        else if (there is JsonArray first && here is JsonArray second && first.Count == second.Count)
        {
            for (int i = 0; i < first.Count; i++)
                Compare(FormattableString.Invariant($"{path}[{i}]"), first[i], second[i], lines);
        }
        else if (!JsonNode.DeepEquals(there, here))
        {
            lines.Add($"{path}: {Text(there)} when the run began, {Text(here)} now");
        }
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "absent";
}
