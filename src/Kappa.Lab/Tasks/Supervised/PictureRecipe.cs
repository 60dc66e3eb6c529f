namespace Kappa.Lab.Tasks.Supervised;

/// <summary>What a run on a folder of pictures keeps, so that it can predict pictures without those it was trained on: how they become inputs, and the names of
/// its classes.</summary>
/// <param name="ClassNames">The names, by label.</param>
/// <param name="Mean">Of the training pictures, for each channel.</param>
/// <param name="Deviation">Of the training pictures, for each channel.</param>
internal sealed record PictureRecipe(IReadOnlyList<string> ClassNames, IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation)
{
    private const string Format = "kappa-picture-recipe";

    /// <summary>The options of the folder that a run is trained on, so that other pictures become inputs in the same way.</summary>
    internal PictureFolderOptions Options(FolderSettings settings) =>
        settings.Options with { ClassNames = ClassNames, Normalization = new PictureNormalization(Mean, Deviation) };

    internal static PictureRecipe Of(PictureFolder pictures) =>
        new(pictures.ClassNames, pictures.Normalization.Mean, pictures.Normalization.Deviation);

    /// <summary>Writes it, whole or not at all.</summary>
    internal void Save(string path) => new RunPart(Path.GetDirectoryName(path)!).WriteSealed(Path.GetFileName(path), new JsonObject
    {
        ["format"] = Format,
        ["version"] = 1,
        ["classes"] = new JsonArray([.. ClassNames.Select(name => JsonValue.Create(name))]),
        ["mean"] = new JsonArray([.. Mean.Select(number => JsonValue.Create(number))]),
        ["deviation"] = new JsonArray([.. Deviation.Select(number => JsonValue.Create(number))]),
    });

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="DamagedFileException">It is damaged.</exception>
    internal static PictureRecipe Load(string path)
    {
        try
        {
            var folder = new RunPart(Path.GetDirectoryName(path)!);
            var json = folder.ReadSealed(Path.GetFileName(path), "it is made anew") ?? throw new JsonException("it is missing");
            if (json["format"]?.GetValue<string>() != Format || json["version"]?.GetValue<int>() != 1)
                throw new JsonException($"\"format\" is not \"{Format}\" of version 1");
            return new PictureRecipe(List<string>(json["classes"]), List<double>(json["mean"]), List<double>(json["deviation"]));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new DamagedFileException(path, $"expected the classes and the normalisation of pictures: {error.Message}", "Train again", error);
        }
    }

    private static T[] List<T>(JsonNode? node) => [.. node!.AsArray().Select(item => item!.GetValue<T>())];
}
