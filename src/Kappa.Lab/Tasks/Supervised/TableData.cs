namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Rows of a table, and classes or numbers to predict from them. Figures of numbers are in the unit of the target column.</summary>
internal sealed class TableData : TrainingData
{
    private readonly double _mean, _deviation;

    internal TableData(TableEncoder encoder, DataSet training, DataSet validation)
        : base(training, validation)
    {
        Encoder = encoder;
        if (IsClasses)
            return;
        using var ends = Tensor.From([0f, 1f], [2]);
        double[] numbers = encoder.ToNumbers(ends);
        (_mean, _deviation) = (numbers[0], numbers[1] - numbers[0]);
    }

    internal TableEncoder Encoder { get; }

    public override int OutputSize => IsClasses ? Encoder.ClassNames.Count : 1;

    public override Objective Objective => IsClasses ? Objective.Classification : Objective.Regression;

    public override string MetricName => IsClasses ? "accuracy" : "R2";

    public override bool HigherIsBetter => true;

    public override string UnitName => "rows";

    public override int UnitsPerExample => 1;

    public override double ExamplesPerEpoch => Training.Count;

    private protected override int EvaluationBatch => 1000;

    private bool IsClasses => Encoder.TargetKind == TargetKind.Classes;

    internal override TrainingData Shifted(ShiftSettings shift, double strength, out IReadOnlyList<string> missing)
    {
        var shifted = new ShiftedDataSet(Validation, shift.Shift, strength, shift.ShiftSeed, Encoder, shift.Columns);
        missing = shifted.MissingColumns;
        return new TableData(Encoder, Training, shifted);
    }

    private protected override IReadOnlyList<Metric> Metrics(bool all) => IsClasses
        ? ClassMetrics.Of(Encoder.ClassNames, all)
        : [new RSquared(), new RootMeanSquaredError(), new MeanAbsoluteError()];

    private protected override Tensor Measured(Tensor numbers) => IsClasses || numbers.DataType == DataType.Int32
        ? numbers
        : (numbers.To(DataType.Float64) * _deviation) + _mean;
}
