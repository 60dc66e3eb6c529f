namespace Kappa.Lab.Runs;

/// <summary>Says in what two configs differ.</summary>
public static class ConfigDifference
{
    /// <summary>One line for each value that differs, such as <c>steps: 1000 when the run began, 2000 now</c>.</summary>
    /// <param name="there">The config of the run folder.</param>
    /// <param name="here">The config asked for.</param>
    public static IReadOnlyList<string> Describe(JsonNode? there, JsonNode? here)
    {
        var lines = new List<string>();
        Compare("", there, here, lines);
        return lines;
    }

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
                Compare(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), first[i], second[i], lines);
        }
        else if (!JsonNode.DeepEquals(there, here))
        {
            lines.Add($"{path}: {Text(there)} when the run began, {Text(here)} now");
        }
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "absent";
}
