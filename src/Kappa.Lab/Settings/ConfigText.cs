using System.Text.Encodings.Web;

namespace Kappa.Lab.Settings;

/// <summary>Reads the JSON of a config; comments and trailing commas are allowed, the same field twice is not.</summary>
internal static class ConfigText
{
    // More than anybody writes; an array of brackets takes some thirty times its bytes once it is read.
    private const int LargestFile = 1 << 22;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not; the message begins with the path.</exception>
    internal static T ReadFile<T>(string path, string schemaCommand, Func<JsonElement, T> read)
    {
        string? fault = Directory.Exists(path) ? "it is a folder" : File.Exists(path) ? null : "there is no such file";
        if (fault is not null)
            throw new ConfigException($"{path}: {fault}. Give the path of a config such as run.json; {schemaCommand} prints what it may say");
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
        byte[] bytes = Bytes(path);
        try
        {
            using var reader = new StreamReader(new MemoryStream(bytes), StrictUtf8, detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            int wrong = TextDocument.FirstInvalid(bytes);
            throw new ConfigException(
                $"expected UTF-8 text; got the byte 0x{bytes[Math.Max(wrong, 0)]:x2} at offset {Math.Max(wrong, 0)}. "
                + "Save it as UTF-8, for instance with 'iconv -f latin1 -t utf-8'");
        }
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            return BoundedFile.ReadAllBytes(path, LargestFile);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string message = error.Message.TrimEnd('.');
            throw new ConfigException(message.StartsWith($"{path}: ", StringComparison.Ordinal) ? message[(path.Length + 2)..] : message);
        }
    }

    /// <exception cref="ConfigException">The text is not JSON, or says something it may not.</exception>
    internal static T Parse<T>(string json, Func<JsonElement, T> read)
    {
        ArgumentNullException.ThrowIfNull(json);
        using var document = Open(json);
        return read(document.RootElement);
    }

    /// <summary>The config of a run: the file for readers, which a user may have edited; without it, as where a process was killed before it was written, what
    /// the run began with.</summary>
    internal static T ReadRun<T>(string path, string kind, string schemaCommand, Choices choices)
        where T : class
    {
        var manifest = RunFolder.Read(path, kind);
        string file = new RunPart(path).PathOf(RunPaths.ConfigName);
        return File.Exists(file) ? ReadFile<T>(file, schemaCommand, choices) : Parse<T>(manifest.Config.ToJsonString(), choices);
    }

    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not; the message begins with the path.</exception>
    internal static T ReadFile<T>(string path, string schemaCommand, Choices choices)
        where T : class => ReadFile(path, schemaCommand, root => SettingsOf<T>.Read(root, "", choices));

    /// <exception cref="ConfigException">The text is not JSON, or says something it may not.</exception>
    internal static T Parse<T>(string json, Choices choices)
        where T : class => Parse(json, root => SettingsOf<T>.Read(root, "", choices));

    /// <summary>The config as indented JSON, every default spelt out; it reads back as the same config.</summary>
    internal static string Write<T>(T config)
        where T : class => SettingsOf<T>.Write(config).ToJsonString(Indented) + "\n";

    /// <summary>The schema as indented JSON.</summary>
    internal static string Schema<T>(string title, string description, Choices choices)
        where T : class
    {
        var schema = SettingsOf<T>.Type.Schema(choices);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", title);
        schema.Insert(2, "description", description);
        return SchemaDefinitions.Gather(schema).ToJsonString(Indented) + "\n";
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
            throw SettingFields.HalfName("");
        }
    }
}
