namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Pictures by name.</summary>
internal sealed class PictureDataKind : DataKind
{
    private const int DigitsForValidation = 2000;
    private const int Side = 28;

    private readonly Func<bool, PictureData> _load;

    private PictureDataKind(string name, string summary, Func<bool, PictureData> load) =>
        (Name, Summary, _load) = (name, summary, load);

    internal static PictureDataKind FashionMnist { get; } = new(
        "fashion-mnist",
        "Grey 28 x 28 pictures of clothes in 10 classes, normalised: 60,000 to train on, the 10,000 test pictures to measure on (see kappa data).",
        flat =>
        {
            var training = Data.FashionMnist.Training();
            return new PictureData(Shaped(training, flat), Shaped(Data.FashionMnist.Test(), flat), training.ClassNames);
        });

    internal static PictureDataKind HandwrittenDigits { get; } = new(
        "handwritten-digits",
        "Grey 28 x 28 pictures of digits, normalised: 8,000 to train on, 2,000 to measure on (see kappa data).",
        flat =>
        {
            // The same parts as HandwrittenDigits.Load, of normalised pictures.
            var all = Data.HandwrittenDigits.All();
            var (training, validation) = Shaped(all, flat, 0.1307, 0.3081).Split(DigitsForValidation, new Philox(0).Split("handwritten-digits"));
            return new PictureData(training, validation, all.ClassNames);
        });

    public override string Name { get; }

    public override string Summary { get; }

    public override DataContent Content => DataContent.Pictures;

    public override SettingsType SettingsType => SettingsOf<NoSettings>.Type;

    internal override IReadOnlyList<int> PictureShape(object settings) => [1, Side, Side];

    internal PictureData Pictures(bool flat) => _load(flat);

    internal override TrainingData Load(object settings, DataRequest request) => Pictures(request.FlatPictures);

    private static ImageDataSet Shaped(
        ImageDataSet pictures, bool flat, double mean = Data.FashionMnist.Mean, double deviation = Data.FashionMnist.StandardDeviation)
    {
        var normal = pictures.Normalized(mean, deviation);
        return flat ? normal.AsVectors() : normal;
    }
}
