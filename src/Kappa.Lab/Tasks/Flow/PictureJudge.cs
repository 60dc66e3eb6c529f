namespace Kappa.Lab.Tasks.Flow;

/// <summary>Compares generated pictures with validation pictures: the Frechet distance of their features, precision and recall of these, and the sliced
/// Wasserstein distance of their pixels. Pixels beyond black and white are cut there first, as a screen does it.</summary>
internal sealed class PictureJudge : FlowJudge
{
    private const int Across = 8;

    private readonly FeatureClassifier _classifier;
    private readonly FrechetDistance _frechet;
    private readonly PrecisionRecall _support;
    private readonly SlicedWasserstein _sliced;
    private readonly int _side;

    /// <summary>Measures the validation pictures, once. Precision and recall compare with as many of them as there are samples.</summary>
    public PictureJudge(FlowPictures pictures, FeatureClassifier classifier, FlowSettings settings, Philox generator, CancellationToken cancellation)
    {
        (_classifier, _side) = (classifier, settings.Side);
        var features = classifier.Features(pictures.Validation, cancellation);
        _frechet = new FrechetDistance(GaussianFit.Of(features));
        _support = new PrecisionRecall(features.First(settings.Samples), settings.Neighbours);
        _sliced = new SlicedWasserstein(pictures.Validation, settings.Directions, generator.Split("directions"));
    }

    public override IReadOnlyList<(string Name, bool LogScale)> Figures { get; } =
        [("Frechet distance", true), ("precision", false), ("recall", false), ("sliced Wasserstein distance", true)];

    public override GreyPicture Picture(PointSet samples, string title)
    {
        int count = Math.Min(Across * Across, samples.Count), down = (count + Across - 1) / Across, pitch = _side + 1;
        int width = (Across * pitch) + 1, height = (down * pitch) + 1;
        byte[] pixels = new byte[width * height];
        Array.Fill(pixels, (byte)128);
        for (int sample = 0; sample < count; sample++)
        {
            int left = 1 + (sample % Across * pitch), top = 1 + (sample / Across * pitch);
            for (int i = 0; i < _side * _side; i++)
            {
                float value = float.IsNaN(samples[sample][i]) ? -1 : Math.Clamp(samples[sample][i], -1, 1);
                pixels[((top + (i / _side)) * width) + left + (i % _side)] = (byte)Math.Round((value + 1) * 127.5f);
            }
        }
        return new GreyPicture(title, width, height, pixels);
    }

    protected override double[] Measure(PointSet kept, int lost, CancellationToken cancellation)
    {
        if (kept.Count == 0)
            return [Worst, 0, 0, Worst];
        var pictures = kept.Clamped(-1, 1);
        var features = _classifier.Features(pictures, cancellation);
        var (precision, recall) = _support.Of(features);
        return
        [
            lost > 0 || kept.Count < 2 ? Worst : _frechet.To(GaussianFit.Of(features)),
            precision * kept.Count / (kept.Count + lost),
            recall,
            lost > 0 ? Worst : _sliced.Of(pictures),
        ];
    }
}
