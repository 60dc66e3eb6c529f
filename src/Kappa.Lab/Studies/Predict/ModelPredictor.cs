namespace Kappa.Lab.Studies.Predict;

/// <summary>Predicts a file of rows, or pictures, by the model of a run of <c>kappa train</c> on a table or on a folder of pictures; or rows, by a model from
/// a file of weights.</summary>
public sealed class ModelPredictor
{
    private readonly Predictor _predictor;

    /// <summary>Opens the model that a run ended with: its best where it keeps that, or else the last.</summary>
    /// <param name="path">The folder of a run, or one of its checkpoints.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <param name="onWarning">Hears of categories that the training rows did not have, and of pictures that are left out; null for nobody.</param>
    /// <exception cref="RunFolderException">There is no such run.</exception>
    /// <exception cref="ConfigException">It was not trained on a table or a folder of pictures.</exception>
    /// <exception cref="IOException">A file of the run is damaged.</exception>
    public ModelPredictor(string path, Choices choices, Action<string>? onWarning = null)
    {
        ArgumentNullException.ThrowIfNull(choices);
        var opener = new ModelOpener(path);
        var config = TrainingConfig.Parse(opener.Manifest.Config.ToJsonString(), Path.GetFullPath(path), choices);
        var warn = onWarning ?? (_ => { });
        _predictor = config.Data.Kind switch
        {
            TableDataKind => TablePredictor.Of(config, TableEncoder.Load(opener.Checked(RunPaths.EncoderName), warn), warn),
            FolderDataKind => new PicturePredictor(config, PictureRecipe.Load(opener.Checked(RunPaths.EncoderName)), warn),
            _ => throw new ConfigException(
                $"{path}: it was trained on {config.Data.Name}; expected a run on a table, such as a CSV file, or on a folder of pictures (images)"),
        };
        _ = opener.Load(_predictor.Model);
        _predictor.Model.Eval();
    }

    /// <summary>Opens a model from a file of weights. Rows are encoded as <c>kappa train</c> would for the data that the description names.</summary>
    /// <param name="request">The files; the description has the data.</param>
    /// <param name="choices">The data sets and models there are.</param>
    /// <param name="onWarning">Hears of what is not measured; null for nobody.</param>
    /// <param name="cancellation">Stops the reading of data.</param>
    /// <exception cref="ConfigException">The description says something it may not, or its data is no table.</exception>
    /// <exception cref="IOException">The weights or the data cannot be read, or the weights are those of another model.</exception>
    public ModelPredictor(WeightsRequest request, Choices choices, Action<string>? onWarning = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var data = ModelDescription.ReadFile(request.DescriptionPath, choices).RequireData(request.DescriptionPath, choices);
        if (data.Kind is not TableDataKind)
            throw new ConfigException($"{request.DescriptionPath}: data.name: {data.Name} is no table; expected one, such as csv");
        var trained = TrainedModel.Load(request, choices, cancellation);
        _predictor = new TablePredictor(data, ((TableData)trained.Data).Encoder, trained.Model, onWarning ?? (_ => { }));
        Import = trained.Source.Import;
    }

    /// <summary>What was loaded from where, of a file of weights; null for a run.</summary>
    public ImportReport? Import { get; }

    /// <summary>Whether pictures that cannot be decoded are left out and named; null as the run was trained.</summary>
    public bool? SkipCorrupt { get; init; }

    /// <summary>Hears how much is read, on whichever thread reads; null for nobody.</summary>
    public IProgress<DataProgress>? Progress { get; init; }

    /// <summary>The names of the columns that <see cref="Predict"/> gives.</summary>
    public IReadOnlyList<string> Columns => _predictor.Columns;

    /// <summary>How many of the first cells are texts; the rest are numbers.</summary>
    public int TextColumns => _predictor.TextColumns;

    /// <summary>What the last <see cref="Predict"/> came to, once all its lines were taken.</summary>
    public PredictionTally Tally { get; private set; } = new();

    /// <summary>Moves the model to a device, where it then computes; rows and pictures are read on the host.</summary>
    /// <param name="device">The device.</param>
    public void MoveTo(Device device) => _ = _predictor.Model.To(device);

    /// <summary>Predicts every row of a file, or every picture.</summary>
    /// <param name="path">Of a run on a table, a file like that which was trained on, whose target may be missing. Of a run on pictures, a picture, or a folder
    /// of them, flat or with a subfolder for each class.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>A line of cells for each: of pictures the file first; the class and the probability of each, or the number.</returns>
    /// <exception cref="ConfigException">The file lacks a column, or has a value that the training rows do not provide for.</exception>
    /// <exception cref="IOException">The file is damaged, or a picture is corrupt and not left out.</exception>
    public IEnumerable<IReadOnlyList<string>> Predict(string path, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Tally = new PredictionTally();
        return _predictor.Predict(path, new PredictionRequest(Tally, SkipCorrupt, Progress, cancellation));
    }
}
