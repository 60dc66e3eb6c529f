namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Random inputs in the place of data; see <see cref="RandomInputs"/>.</summary>
internal sealed class RandomInputData : TrainingData
{
    /// <summary>What reports call them.</summary>
    internal const string Name = "random inputs";

    internal RandomInputData(RandomInputs inputs)
        : base(inputs, inputs)
    {
    }

    public override int OutputSize => Training.TargetShape.Count;

    public override Objective Objective => Objective.Regression;

    public override string MetricName => "root mean squared error";

    public override bool HigherIsBetter => false;

    public override string UnitName => "inputs";

    public override int UnitsPerExample => 1;

    public override double ExamplesPerEpoch => Training.Count;

    private protected override int EvaluationBatch => 32;

    private protected override IReadOnlyList<Metric> Metrics(bool all) => [new RootMeanSquaredError()];
}
