namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Pictures by name.</summary>
internal sealed class PictureDataKind : DataKind
{
    private const int DigitsForValidation = 2000;
    private const int Side = 28;

    private readonly Func<(DataSet Training, DataSet Validation, IReadOnlyList<string> ClassNames)> _load;

    private PictureDataKind(string name, string summary, Func<(DataSet Training, DataSet Validation, IReadOnlyList<string> ClassNames)> load) =>
        (Name, Summary, _load) = (name, summary, load);

    internal static PictureDataKind FashionMnist { get; } = new(
        "fashion-mnist",
        "Grey 28 x 28 pictures of clothes in 10 classes, normalised: 60,000 to train on, the 10,000 test pictures to measure on (see kappa data).",
        () =>
        {
            var training = Data.FashionMnist.Training();
            return (Normal(training), Normal(Data.FashionMnist.Test()), training.ClassNames);
        });

    internal static PictureDataKind HandwrittenDigits { get; } = new(
        "handwritten-digits",
        "Grey 28 x 28 pictures of digits, normalised: 8,000 to train on, 2,000 to measure on (see kappa data).",
        () =>
        {
            // The same parts as HandwrittenDigits.Load, of normalised pictures.
            var all = Data.HandwrittenDigits.All();
            var (training, validation) = all.Normalized(0.1307, 0.3081).Split(DigitsForValidation, new Philox(0).Split("handwritten-digits"));
            return (training, validation, all.ClassNames);
        });

    public override string Name { get; }

    public override string Summary { get; }

    public override DataContent Content => DataContent.Pictures;

    public override SettingsType SettingsType => SettingsOf<PictureSettings>.Type;

    internal override IReadOnlyList<int> PictureShape(object settings) => [1, Side, Side];

    /// <summary>The pictures as they are.</summary>
    internal PictureData Pictures(bool flat) => Pictures(new PictureSettings(), new DataRequest(0, flat, null));

    internal override TrainingData Load(object settings, DataRequest request) => Pictures((PictureSettings)settings, request);

    private PictureData Pictures(PictureSettings settings, DataRequest request)
    {
        var (training, validation, classNames) = _load();
        return PictureData.Of(training, validation, classNames, request, settings, isDecoded: true);
    }

    private static ImageDataSet Normal(ImageDataSet pictures) => pictures.Normalized(Data.FashionMnist.Mean, Data.FashionMnist.StandardDeviation);
}
