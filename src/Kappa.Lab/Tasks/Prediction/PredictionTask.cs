namespace Kappa.Lab.Tasks.Prediction;

/// <summary>Predict classes or numbers, of data sets of one's own as of those that come along; judged on validation examples as they are, and on a copy of them
/// whose inputs differ, as they do where a model is deployed.</summary>
public sealed class PredictionTask : LabTask
{
    /// <inheritdoc/>
    public override string Name => "prediction";

    /// <inheritdoc/>
    public override string Summary =>
        "Predict classes or numbers of a data set, such as a CSV file of your own; judged where inputs differ from those that were trained on.";

    /// <inheritdoc/>
    public override SettingsType SettingsType => SettingsOf<PredictionSettings>.Type;

    internal override object Resolved(object settings, string folder)
    {
        var given = (PredictionSettings)settings;
        return given with { Data = given.Data with { Settings = given.Data.Kind.Resolved(given.Data.Settings, folder) } };
    }

    /// <summary>Reads the data.</summary>
    /// <exception cref="IOException">A file is missing or damaged; the message names the way out.</exception>
    protected override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        var given = (PredictionSettings)settings;
        var request = new DataRequest(0, given.Network?.Kind.TakesVectors ?? true, null)
        {
            DataPath = "task.data", ModelPath = "task.network", Cancellation = cancellation,
            // Who also wants to hear of bytes and pictures, hears of them.
            Progress = progress as IProgress<DataProgress>,
        };
        var data = given.Data.Kind.Load(given.Data.Settings, request);
        progress?.Report(1);
        return new PreparedPrediction(given, data);
    }
}
