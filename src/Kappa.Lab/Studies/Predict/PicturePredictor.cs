namespace Kappa.Lab.Studies.Predict;

/// <summary>Predicts pictures.</summary>
internal sealed class PicturePredictor : Predictor
{
    private const int PicturesAtOnce = 64;

    private readonly FolderSettings _settings;
    private readonly PictureRecipe _recipe;
    private readonly bool _isFlat;
    private readonly Action<string> _warn;

    internal PicturePredictor(TrainingConfig config, PictureRecipe recipe, Action<string> warn)
        : base(config.Model.Kind.Create(config.Model.Settings, ShapeOf(config, recipe), recipe.ClassNames.Count, new Philox(0))) =>
        (_settings, _recipe, _isFlat, _warn) = ((FolderSettings)config.Data.Settings, recipe, config.Model.Kind.TakesVectors, warn);

    internal override IReadOnlyList<string> Columns => ["file", "class", .. Headings(_recipe.ClassNames)];

    internal override int TextColumns => 2;

    internal override IEnumerable<IReadOnlyList<string>> Predict(string path, PredictionRequest request)
    {
        var reader = new PictureReader(_recipe.Options(_settings) with { SkipCorrupt = request.SkipCorrupt ?? _settings.SkipCorrupt });
        var files = PictureReader.FilesOf(path);
        int done = 0;
        foreach (string[] some in files.Chunk(PicturesAtOnce))
        {
            request.Cancellation.ThrowIfCancellationRequested();
            foreach (var line in Lines(reader, some, path, request))
                yield return line;
            request.Progress?.Report(new DataProgress(path, done += some.Length, files.Count, DataProgress.Pictures));
        }
    }

    private IEnumerable<IReadOnlyList<string>> Lines(PictureReader reader, string[] files, string root, PredictionRequest request)
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        var (inputs, skipped) = Read(reader, files, request.Cancellation);
        foreach (var picture in skipped)
            _warn($"left out {picture.FilePath}: {picture.Reason}");
        request.Tally.Skipped += skipped.Count;
        if (inputs is null)
            return [];
        string[] whole = [.. files.Except(skipped.Select(picture => picture.FilePath))];
        request.Tally.Count += whole.Length;
        inputs = inputs.On(Model.Device);
        var outputs = Model.Forward(_isFlat ? inputs.Reshape([whole.Length, reader.InputShape.Count]) : inputs);
        RequireFinite(outputs, whole);
        using var best = outputs.ArgMax(1);
        string[] names = [.. best.ToArray<int>().Select(label => _recipe.ClassNames[label])];
        foreach (var (row, file) in whole.Index())
        {
            if (TruthOf(file, root) is { } actual)
                request.Tally.AddClass(names[row], actual, isKnown: true);
        }
        return [.. Probabilities(outputs).Select((shares, row) => (string[])[NameOf(whole[row], root), names[row], .. shares])];
    }

    private static (Tensor? Inputs, IReadOnlyList<SkippedPicture> Skipped) Read(PictureReader reader, string[] files, CancellationToken cancellation)
    {
        try
        {
            return reader.Read(files, cancellation);
        }
        catch (DataFileException error)
        {
            throw FolderSettings.InTermsOf(error, "give --skip-corrupt");
        }
    }

    private static void RequireFinite(Tensor outputs, string[] files)
    {
        using var doubles = outputs.To(DataType.Float64);
        double[] values = doubles.ToArray<double>();
        int wrong = Array.FindIndex(values, value => !double.IsFinite(value));
        if (wrong >= 0)
            throw new NonFiniteException(
                $"{files[wrong / outputs.Shape[1]]}: the model gives {values[wrong]}: expected finite outputs. The weights may be damaged");
    }

    /// <summary>The class whose folder a picture lies in; null where it lies in none.</summary>
    private string? TruthOf(string file, string root)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!, name = Path.GetFileName(folder);
        bool isClass = Directory.Exists(root) && folder != Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) && _recipe.ClassNames.Contains(name);
        return isClass ? name : null;
    }

    private static string NameOf(string file, string root) =>
        Directory.Exists(root) ? Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/') : file;

    private static Shape ShapeOf(TrainingConfig config, PictureRecipe recipe)
    {
        var shape = new PictureReader(recipe.Options((FolderSettings)config.Data.Settings)).InputShape;
        return config.Model.Kind.TakesVectors ? [shape.Count] : shape;
    }
}
