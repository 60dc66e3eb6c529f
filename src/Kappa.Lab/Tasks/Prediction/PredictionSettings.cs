namespace Kappa.Lab.Tasks.Prediction;

/// <summary>The settings of the prediction task.</summary>
internal sealed record PredictionSettings : ShiftSettings, ICheckedSettings
{
    public PredictionSettings() => Strengths = [0, 0.1, 0.3, 1];

    [Setting("the data set, with its settings; text has a task of its own")]
    public required Choice<DataKind> Data { get; init; }

    [Setting("the model, with its settings; left out, the config's model, an mlp")]
    public Choice<NetworkKind>? Network { get; init; }

    [Setting(
        "the figure that judges a trained model, such as accuracy, macro F1, ROC area, calibration error, R2; left out, the data's own", MayBeEmpty = true)]
    public string Metric { get; init; } = "";

    [Setting("the strength at which the figure judges; 0 for data like that which was trained on", AtLeast = 0)]
    public double DeployAt { get; init; } = 0.3;

    [Setting("validation examples that are measured along the way; deployment takes all", AtLeast = 1, ZeroText = "all")]
    public int ValidationExamples { get; init; } = 1000;

    public void Check(SettingsCheck check)
    {
        if (Data.Kind.IsText)
            throw check.Fault(nameof(Data), $"{Data.Name} holds text; use the task \"text\"");
        if (Network is { } network && !network.Kind.Takes(Data.Kind.Content))
        {
            string fitting = string.Join(", ", check.Choices.Of<NetworkKind>().Where(kind => kind.Takes(Data.Kind.Content)).Select(kind => kind.Name));
            throw check.Fault(nameof(Network), $"{network.Name} does not take what {Data.Name} holds; expected {fitting}");
        }
        check.Require(Strengths.Contains(DeployAt), nameof(DeployAt), $"one of the strengths, {string.Join(", ", Strengths.Select(Figures.Rate))}", DeployAt);
        CheckFor(Data, check);
    }
}
