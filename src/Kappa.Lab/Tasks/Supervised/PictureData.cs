namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Pictures and their classes.</summary>
internal sealed class PictureData : TrainingData
{
    private readonly IReadOnlyList<string> _classNames;
    private readonly DataSet _pictures;
    private readonly bool _isFlat;

    private PictureData(DataSet training, DataSet validation, DataSet varied, IReadOnlyList<string> classNames, DataSet pictures, bool isFlat, bool isLazy)
        : base(training, validation) => (Varied, _classNames, _pictures, _isFlat, IsLazy) = (varied, classNames, pictures, isFlat, isLazy);

    internal override DataSet Varied { get; }

    internal override bool IsLazy { get; }

    public override int OutputSize => _classNames.Count;

    public override string MetricName => "accuracy";

    public override bool HigherIsBetter => true;

    public override string UnitName => "pictures";

    public override int UnitsPerExample => 1;

    public override double ExamplesPerEpoch => Training.Count;

    private protected override int EvaluationBatch => 250;

    /// <summary>Pictures as a model takes them.</summary>
    /// <param name="training">Inputs <c>[channels, height, width]</c>.</param>
    /// <param name="validation">As the training pictures.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <param name="request">Whether they are to come as vectors.</param>
    /// <param name="settings">How the training pictures are varied.</param>
    /// <param name="isDecoded">Whether all are in memory, decoded.</param>
    /// <exception cref="ConfigException">They cannot be varied so.</exception>
    internal static PictureData Of(
        DataSet training, DataSet validation, IReadOnlyList<string> classNames, DataRequest request, PictureSettings settings, bool isDecoded)
    {
        var augmentation = settings.Augmentation?.Settings;
        var varied = augmentation?.Of(training, request.DataPath) ?? training;
        bool isFlat = request.FlatPictures;
        return new PictureData(
            Shaped(training, isFlat), Shaped(validation, isFlat), Shaped(varied, isFlat), classNames, validation, isFlat,
            isLazy: !isDecoded || augmentation is not null);
    }

    internal override TrainingData Shifted(ShiftSettings shift, double strength, out IReadOnlyList<string> missing)
    {
        missing = [];
        var shifted = new ShiftedDataSet(_pictures, shift.Shift, strength, shift.ShiftSeed);
        return new PictureData(Training, Shaped(shifted, _isFlat), Varied, _classNames, shifted, _isFlat, IsLazy);
    }

    private protected override IReadOnlyList<Metric> Metrics(bool all) => ClassMetrics.Of(_classNames, all);

    private static DataSet Shaped(DataSet pictures, bool isFlat) => isFlat ? new FlatDataSet(pictures) : pictures;
}
