namespace Kappa.Lab.Experiments.Together;

/// <summary>An MLP or a convolutional network for handwritten digits, deployed on noisier ones than it was trained on.</summary>
internal sealed class PictureNetwork : StudiedNetwork
{
    internal const string Metric = "accuracy on noisier pictures";
    private const int Digits = 10;
    private readonly TogetherSettings _settings;
    private readonly bool _isConvolutional;

    private PictureNetwork(TogetherSettings settings, bool isConvolutional, LabelledSamples noisy) =>
        (_settings, _isConvolutional, Noisy) = (settings, isConvolutional, noisy);

    /// <summary>What it is deployed on.</summary>
    internal LabelledSamples Noisy { get; }

    internal override IReadOnlyList<int>? InputShape => _isConvolutional ? [1, _settings.Side, _settings.Side] : null;

    internal static PictureNetwork Of(TogetherSettings settings, bool isConvolutional)
    {
        var (training, test) = Pictures.Digits;
        // They come digit by digit.
        LabelledSamples Read(DataSet data, int first, int count)
        {
            int[] rows = [.. Enumerable.Range(0, data.Count)];
            new Philox(0).Split("pictures").Shuffle(rows);
            return Shrunk(data, rows.AsSpan(first, count), settings.Side, isConvolutional);
        }
        var clean = Read(test, 0, settings.HeldOut);
        var noise = Tensor.Normal(clean.Inputs.Shape, new Philox(0).Split("noise"));
        return new PictureNetwork(settings, isConvolutional, clean with { Inputs = clean.Inputs + (noise * settings.Noise) })
        {
            Classes = Digits,
            Training = Read(training, 0, settings.Examples),
            Validation = Read(training, training.Count - settings.HeldOut, settings.HeldOut),
        };
    }

    internal override Module Create(Philox generator)
    {
        int pixels = _settings.Side * _settings.Side;
        if (!_isConvolutional)
            return MlpFactory.Create(pixels, Digits, new ModelConfig { Hidden = _settings.Hidden }, generator);
        var kind = new ConvolutionKind();
        return kind.Create(new ConvolutionSettings { Channels = _settings.Channels }, [1, _settings.Side, _settings.Side], Digits, generator);
    }

    internal override double Deploy(Module model, CancellationToken cancellation) => Noisy.Evaluate(model).Accuracy;

    internal override SingularSpectrum Jacobian(Module model, Tensor input) => JacobianSpectrum.Dense(model.Forward, input);

    /// <summary>Pictures whose pixels are means over squares of the original ones, from 0 to 1.</summary>
    private static LabelledSamples Shrunk(DataSet data, ReadOnlySpan<int> rows, int side, bool isConvolutional)
    {
        int count = rows.Length;
        var batch = data.Take(rows.ToArray());
        try
        {
            int factor = batch.Inputs.Shape[^1] / side;
            var pictures = factor == 1 ? batch.Inputs.Clone() : batch.Inputs.AvgPool2d(factor);
            return new LabelledSamples(pictures.Reshape(isConvolutional ? [count, 1, side, side] : [count, side * side]), batch.Targets.Clone());
        }
        finally
        {
            batch.Release();
        }
    }
}
