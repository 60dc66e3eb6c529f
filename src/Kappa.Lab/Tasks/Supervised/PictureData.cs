namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Pictures and their classes.</summary>
public sealed class PictureData : TrainingData
{
    /// <summary>Makes the data of two sets of pictures.</summary>
    /// <param name="training">What is trained on.</param>
    /// <param name="validation">What is only measured on.</param>
    /// <param name="classes">The number of classes.</param>
    public PictureData(DataSet training, DataSet validation, int classes)
        : base(training, validation) => OutputSize = classes;

    /// <inheritdoc/>
    public override int OutputSize { get; }

    /// <inheritdoc/>
    public override string MetricName => "accuracy";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override string UnitName => "pictures";

    /// <inheritdoc/>
    public override int UnitsPerExample => 1;

    /// <inheritdoc/>
    public override double ExamplesPerEpoch => Training.Count;

    private protected override int EvaluationBatch => 250;

    private protected override double Metric(double loss, double accuracy) => accuracy;
}
