using System.Globalization;
using System.Text.Json;
using System.Text;
using Kappa.Lab.Data;

namespace Kappa.Lab.Settings;

/// <summary>Reads the JSON of a config; comments and trailing commas are allowed, the same field twice is not.</summary>
internal static class ConfigText
{
    private const string Whole = "the config";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not; the message begins with the path.</exception>
    internal static T ReadFile<T>(string path, string schemaCommand, Func<JsonElement, T> read)
    {
        if (Directory.Exists(path))
            throw new ConfigException($"{path}: it is a folder. Give the path of a config such as run.json; {schemaCommand} prints what it may say");
        if (!File.Exists(path))
            throw new ConfigException($"{path}: there is no such file. Give the path of a config such as run.json; {schemaCommand} prints what it may say");
        try
        {
            return Parse(ReadText(path), read);
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"{path}: {error.Message}");
        }
    }

    /// <summary>The text of a file in UTF-8, or in what its byte order mark says.</summary>
    private static string ReadText(string path)
    {
        try
        {
            using var reader = new StreamReader(path, StrictUtf8, detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            byte[] bytes = File.ReadAllBytes(path);
            int wrong = TextDocument.FirstInvalid(bytes);
            throw new ConfigException(
                $"expected UTF-8 text; got the byte 0x{bytes[Math.Max(wrong, 0)]:x2} at offset {Math.Max(wrong, 0)}. "
                + "Save it as UTF-8, for instance with 'iconv -f latin1 -t utf-8'");
        }
    }

    /// <summary>JSON can spell half a surrogate pair, such as "\ud800", which is no text.</summary>
    private static void RequireText(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            try
            {
                _ = element.GetString();
            }
            catch (InvalidOperationException)
            {
                throw new ConfigException(
                    $"{path}: expected text; got {element.GetRawText()}, which holds half a surrogate pair. Give both halves, or the character itself");
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (var item in element.EnumerateArray())
                RequireText(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]"));
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
                RequireText(property.Value, path == Whole ? property.Name : $"{path}.{property.Name}");
        }
    }

    /// <exception cref="ConfigException">The text is not JSON, or says something it may not.</exception>
    internal static T Parse<T>(string json, Func<JsonElement, T> read)
    {
        ArgumentNullException.ThrowIfNull(json);
        using var document = Open(json);
        RequireText(document.RootElement, Whole);
        return read(document.RootElement);
    }

    private static JsonDocument Open(string json)
    {
        try
        {
            return JsonDocument.Parse(json, Options);
        }
        catch (JsonException error)
        {
            throw new ConfigException($"not valid JSON: {error.Message}");
        }
        catch (InvalidOperationException)
        {
            // Names are compared with one another, and this one cannot be read.
            throw new ConfigException($"{Whole}: a field's name holds half a surrogate pair, which is no text. Give both halves, or the character itself");
        }
    }
}
