namespace Kappa.Lab.Tasks.Models;

/// <summary>A small convolutional network: blocks of a convolution, a ReLU and, but for the last, max pooling; then the mean over positions, or all of
/// them, and linear layers.</summary>
internal sealed class ConvolutionKind : NetworkKind
{
    public override string Name => "conv";

    public override string Summary =>
        "A small convolutional network: 3 x 3 convolutions with max pooling of 2 x 2 between, the mean over positions or all of them, and linear layers.";

    public override bool IsForText => false;

    public override SettingsType SettingsType => SettingsOf<ConvolutionSettings>.Type;

    internal override Module Create(object settings, Shape inputShape, int outputSize, Philox generator)
    {
        var given = (ConvolutionSettings)settings;
        var channels = given.Channels;
        bool normalize = given.BatchNorm;
        int side = Math.Min(inputShape[1], inputShape[2]) >> (channels.Count - 1);
        if (side < 1)
        {
            throw new ConfigException(string.Create(
                CultureInfo.InvariantCulture,
                $"model.channels: {channels.Count} convolutions halve the pictures of {inputShape[1]} x {inputShape[2]} to nothing; give fewer"));
        }
        var modules = new List<Module>();
        int from = inputShape[0];
        foreach (int to in channels)
        {
            if (modules.Count > 0)
                modules.Add(new MaxPool2d(2));
            modules.Add(new Conv2d(from, to, 3, padding: 1, bias: !normalize));
            if (normalize)
                modules.Add(new BatchNorm2d(to));
            modules.Add(new ReLU());
            from = to;
        }
        modules.Add(given.Flatten ? new Flatten() : new GlobalAvgPool2d());
        if (given.Flatten)
            from *= (inputShape[1] >> (channels.Count - 1)) * (inputShape[2] >> (channels.Count - 1));
        foreach (int to in given.Hidden)
        {
            modules.AddRange([new Linear(from, to), new ReLU()]);
            from = to;
        }
        return new Sequential([.. modules, new Linear(from, outputSize)]).Initialize(generator);
    }
}
