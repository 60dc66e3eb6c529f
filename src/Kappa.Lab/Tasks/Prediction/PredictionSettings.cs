namespace Kappa.Lab.Tasks.Prediction;

/// <summary>The settings of the prediction task.</summary>
internal sealed record PredictionSettings : ICheckedSettings
{
    [Setting("the data set, with its settings; text has a task of its own")]
    public required Choice<DataKind> Data { get; init; }

    [Setting("the model, with its settings; left out, the config's model, an mlp")]
    public Choice<NetworkKind>? Network { get; init; }

    [Setting(
        "the figure that judges a trained model, such as accuracy, macro F1, ROC area, calibration error, R2; left out, the data's own", MayBeEmpty = true)]
    public string Metric { get; init; } = "";

    [Setting("how the inputs differ where the model is deployed: noise, pictures out of focus, inputs that are not there")]
    public Shift Shift { get; init; } = Shift.Noise;

    [Setting("how much they differ: the noise's standard deviation, the blur's in pixels, or the share that is missing", AtLeast = 0, OnceEach = true)]
    public IReadOnlyList<double> Strengths { get; init; } = [0, 0.1, 0.3, 1];

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
        if (Shift == Shift.Blur && Data.Kind.Content != DataContent.Pictures)
            throw check.Fault(nameof(Shift), $"blur is for pictures, and {Data.Name} holds rows; expected noise or missing");
        if (Shift == Shift.Missing && Strengths.Any(strength => strength > 1))
            throw check.Fault(nameof(Strengths), "expected shares of missing inputs, at most 1");
    }
}
