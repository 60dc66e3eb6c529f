namespace Kappa.Lab.Studies.Predict;

/// <summary>Predicts the rows of a file by a model of a table: that of a run of <c>kappa train</c>, or one from a file of weights.</summary>
public sealed class ModelPredictor
{
    private const int RowsAtOnce = 4096;

    private readonly Choice<DataKind> _data;
    private readonly TableEncoder _encoder;
    private readonly Module _model;

    /// <summary>Opens the model that a run ended with: its best where it keeps that, or else the last.</summary>
    /// <param name="path">The folder of a run, or one of its checkpoints.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <param name="onWarning">Hears of categories that the training rows did not have; null for nobody.</param>
    /// <exception cref="RunFolderException">There is no such run.</exception>
    /// <exception cref="ConfigException">It was not trained on a table.</exception>
    /// <exception cref="IOException">A file of the run is damaged.</exception>
    public ModelPredictor(string path, Choices choices, Action<string>? onWarning = null)
    {
        ArgumentNullException.ThrowIfNull(choices);
        var opener = new ModelOpener(path);
        var config = TrainingConfig.Parse(opener.Manifest.Config.ToJsonString(), Path.GetFullPath(path), choices);
        _data = config.Data;
        if (_data.Kind is not TableDataKind)
            throw new ConfigException($"{path}: it was trained on {_data.Name}; expected a run on a table, such as a CSV file");
        _encoder = TableEncoder.Load(opener.Checked(RunPaths.EncoderName), onWarning ?? (_ => { }));
        int outputs = _encoder.TargetKind == TargetKind.Classes ? _encoder.ClassNames.Count : 1;
        _model = config.Model.Kind.Create(config.Model.Settings, [_encoder.FeatureNames.Count], outputs, new Philox(0));
        _ = opener.Load(_model);
        _model.Eval();
    }

    /// <summary>Opens a model from a file of weights. Rows are encoded as <c>kappa train</c> would for the data that the description names.</summary>
    /// <param name="request">The files; the description has the data.</param>
    /// <param name="choices">The data sets and models there are.</param>
    /// <param name="cancellation">Stops the reading of data.</param>
    /// <exception cref="ConfigException">The description says something it may not, or its data is no table.</exception>
    /// <exception cref="IOException">The weights or the data cannot be read, or the weights are those of another model.</exception>
    public ModelPredictor(WeightsRequest request, Choices choices, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        _data = ModelDescription.ReadFile(request.DescriptionPath, choices).RequireData(request.DescriptionPath, choices);
        if (_data.Kind is not TableDataKind)
            throw new ConfigException($"{request.DescriptionPath}: data.name: {_data.Name} is no table; expected one, such as csv");
        var trained = TrainedModel.Load(request, choices, cancellation);
        (_model, _encoder, Import) = (trained.Model, ((TableData)trained.Data).Encoder, trained.Source.Import);
    }

    /// <summary>What was loaded from where, of a file of weights; null for a run.</summary>
    public ImportReport? Import { get; }

    /// <summary>The names of the columns that <see cref="Predict"/> gives.</summary>
    public IReadOnlyList<string> Columns => _encoder.TargetKind == TargetKind.Classes
        ? [_encoder.TargetName, .. _encoder.ClassNames.Select(name => $"p({name})")]
        : [_encoder.TargetName];

    /// <summary>Predicts every row of a file.</summary>
    /// <param name="file">A file like that which was trained on; the target may be missing.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>A line of cells for each row: the class and the probability of each, or the number.</returns>
    /// <exception cref="ConfigException">The file lacks a column, or has a value that the training rows do not provide for.</exception>
    /// <exception cref="IOException">The file is damaged.</exception>
    public IEnumerable<IReadOnlyList<string>> Predict(string file, CancellationToken cancellation)
    {
        var table = ((TableDataKind)_data.Kind).Read((TableSettings)_data.Settings, file, _encoder.InputKinds, cancellation);
        for (int start = 0; start < table.RowCount; start += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var line in Lines(table.Take([.. Enumerable.Range(start, Math.Min(RowsAtOnce, table.RowCount - start))]), file))
                yield return line;
        }
    }

    private IReadOnlyList<string>[] Lines(Table rows, string file)
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        Tensor inputs;
        try
        {
            inputs = _encoder.EncodeInputs(rows);
        }
        catch (ArgumentException error)
        {
            throw new ConfigException($"{file}: {error.Message.Split(" (Parameter", 2)[0]}");
        }
        var outputs = _model.Forward(inputs);
        if (_encoder.TargetKind == TargetKind.Numbers)
            return [.. _encoder.ToNumbers(outputs).Select(number => (string[])[Text(number)])];
        string[] names = _encoder.ToClassNames(outputs);
        float[] shares = outputs.Softmax().ToArray<float>();
        int classes = _encoder.ClassNames.Count;
        return [.. names.Select((name, row) => (string[])[name, .. shares.AsSpan(row * classes, classes).ToArray().Select(share => Text(share))])];
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(float number) => number.ToString("R", CultureInfo.InvariantCulture);
}
