namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Pictures and their classes.</summary>
internal sealed class PictureData(DataSet training, DataSet validation, int classes) : TrainingData(training, validation)
{
    public override int OutputSize => classes;

    public override string MetricName => "accuracy";

    public override bool HigherIsBetter => true;

    public override string UnitName => "pictures";

    public override int UnitsPerExample => 1;

    public override double ExamplesPerEpoch => Training.Count;

    private protected override int EvaluationBatch => 250;

    private protected override double Metric(double loss, double accuracy) => accuracy;
}
