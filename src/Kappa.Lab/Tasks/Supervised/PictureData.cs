namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Pictures and their classes.</summary>
internal sealed class PictureData(DataSet training, DataSet validation, IReadOnlyList<string> classNames) : TrainingData(training, validation)
{
    public override int OutputSize => classNames.Count;

    public override string MetricName => "accuracy";

    public override bool HigherIsBetter => true;

    public override string UnitName => "pictures";

    public override int UnitsPerExample => 1;

    public override double ExamplesPerEpoch => Training.Count;

    private protected override int EvaluationBatch => 250;

    internal override TrainingData WithValidation(DataSet validation) => new PictureData(Training, validation, classNames);

    private protected override IReadOnlyList<Metric> Metrics(bool all) => ClassMetrics.Of(classNames, all);
}
