using System.Text.Json;
using Kappa.Lab.Tasks;

namespace Kappa.Lab.Comparison;

/// <summary>Reads the JSON of a config; comments and trailing commas are allowed, the same field twice is not.</summary>
internal static class ConfigText
{
    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not; the message begins with the path.</exception>
    internal static T ReadFile<T>(string path, string schemaCommand, Func<JsonElement, T> read)
    {
        if (!File.Exists(path))
            throw new ConfigException($"{path}: there is no such file. Give the path of a config such as run.json; {schemaCommand} prints what it may say");
        try
        {
            return Parse(File.ReadAllText(path), read);
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"{path}: {error.Message}");
        }
    }

    /// <exception cref="ConfigException">The text is not JSON, or says something it may not.</exception>
    internal static T Parse<T>(string json, Func<JsonElement, T> read)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new ConfigException($"not valid JSON: {error.Message}");
        }
    }
}
