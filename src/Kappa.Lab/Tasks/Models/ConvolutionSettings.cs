namespace Kappa.Lab.Tasks.Models;

/// <summary>The settings of <c>conv</c>.</summary>
internal sealed record ConvolutionSettings
{
    [Setting("channels of each convolution; the pictures halve between two, at most 5 for 28 x 28", AtLeast = 1, AtMost = 1 << 14)]
    public IReadOnlyList<int> Channels { get; init; } = [32, 64, 128];

    [Setting("whether the linear layers see every position of the last convolution; otherwise the mean over positions, which forgets where things are")]
    public bool Flatten { get; init; }

    [Setting("widths of hidden linear layers after the convolutions", AtLeast = 1, AtMost = 1 << 20, MayBeEmpty = true)]
    public IReadOnlyList<int> Hidden { get; init; } = [];

    [Setting("normalise each channel over the batch, after each convolution")]
    public bool BatchNorm { get; init; }
}
