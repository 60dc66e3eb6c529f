using Kappa.Networks.Layers;

namespace Kappa.Networks.Models;

/// <summary>Sizes of a <see cref="FlowMixer"/>.</summary>
public sealed record FlowMixerOptions
{
    /// <summary>Channels of a picture.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Rows of a picture; a multiple of the patch size.</summary>
    public int Height { get; init; } = 28;

    /// <summary>Columns of a picture; a multiple of the patch size.</summary>
    public int Width { get; init; } = 28;

    /// <summary>Rows and columns of a patch.</summary>
    public int PatchSize { get; init; } = 4;

    /// <summary>Features of a patch inside the network.</summary>
    public int Features { get; init; } = 128;

    /// <summary>Blocks.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Hidden features of the MLP across patches.</summary>
    public int TokenHidden { get; init; } = 64;

    /// <summary>Hidden features of the MLP across features.</summary>
    public int ChannelHidden { get; init; } = 256;

    /// <summary>Frequencies, from 1 doubling, by which the network sees the time.</summary>
    public int TimeFrequencies { get; init; } = 8;

    /// <summary>Numbers in a picture.</summary>
    public int Count => Channels * Height * Width;

    internal int Patches => Height / PatchSize * (Width / PatchSize);

    internal int PatchCount => Channels * PatchSize * PatchSize;

    /// <summary>Checks the sizes.</summary>
    /// <exception cref="ArgumentException">A size is out of range, or does not divide; the message names the property, what it got and what it
    /// takes.</exception>
    public void Validate()
    {
        SelfAttentionOptions.Require(Channels >= 1, nameof(Channels), Channels, "1 or more");
        SelfAttentionOptions.Require(PatchSize >= 1, nameof(PatchSize), PatchSize, "1 or more");
        SelfAttentionOptions.Require(Height >= 1 && Height % PatchSize == 0, nameof(Height), Height, $"a multiple of the patch size {PatchSize}");
        SelfAttentionOptions.Require(Width >= 1 && Width % PatchSize == 0, nameof(Width), Width, $"a multiple of the patch size {PatchSize}");
        SelfAttentionOptions.Require(Features >= 1, nameof(Features), Features, "1 or more");
        SelfAttentionOptions.Require(Layers >= 0, nameof(Layers), Layers, "0 or more");
        SelfAttentionOptions.Require(TokenHidden >= 1, nameof(TokenHidden), TokenHidden, "1 or more");
        SelfAttentionOptions.Require(ChannelHidden >= 1, nameof(ChannelHidden), ChannelHidden, "1 or more");
        SelfAttentionOptions.Require(TimeFrequencies is >= 1 and <= 30, nameof(TimeFrequencies), TimeFrequencies, "1 to 30");
    }
}
