namespace Kappa.Data.Tables;

public sealed partial class TableEncoder
{
    private const string Format = "kappa-table-encoder";
    private const int MostBytes = 1 << 28;

    /// <summary>Writes what was learnt, as JSON that carries its own hash, whole or not at all.</summary>
    /// <param name="path">The file; replaced where it exists.</param>
    /// <exception cref="IOException">It cannot be written; the one of before is intact.</exception>
    public void Save(string path) => AtomicFile.Write(path, stream => stream.Write(SealedJson.Seal(new JsonObject
    {
        ["format"] = Format,
        ["version"] = 1,
        ["columns"] = new JsonArray([.. _columns.Select(column => column.ToJson())]),
        ["target"] = _target.ToJson(),
        ["unseen"] = _options.Unseen.ToString(),
        ["missingLater"] = _options.MissingLater.ToString(),
    })));

    /// <summary>Reads what <see cref="Save"/> wrote: it encodes to the same bits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="onWarning">As <see cref="TableEncoderOptions.OnWarning"/>.</param>
    /// <exception cref="DataFileException">The file is none of <see cref="Save"/>, or was changed.</exception>
    public static TableEncoder Load(string path, Action<string>? onWarning = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes = BoundedFile.ReadAllBytes(path, MostBytes);
        try
        {
            var json = SealedJson.Open(bytes);
            if (json["format"]?.GetValue<string>() != Format || json["version"]?.GetValue<int>() != 1)
                throw new JsonException($"\"format\" is not \"{Format}\" of version 1");
            var options = new TableEncoderOptions
            {
                Unseen = Enum.Parse<UnseenPolicy>(json["unseen"]!.GetValue<string>()),
                // Earlier files do not have it, and an error was all there was.
                MissingLater = json["missingLater"] is { } later ? Enum.Parse<LaterMissingPolicy>(later.GetValue<string>()) : LaterMissingPolicy.Error,
                OnWarning = onWarning,
            };
            EncodedColumn[] columns = [.. json["columns"]!.AsArray().Select(column => EncodedColumn.From(column!))];
            return new TableEncoder(columns, EncodedTarget.From(json["target"]!), options);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or NullReferenceException or FormatException)
        {
            throw new DataFileException(path, "a table encoder", error.Message, "Save it again from the training rows.", error);
        }
    }
}
