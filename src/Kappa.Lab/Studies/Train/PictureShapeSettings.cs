namespace Kappa.Lab.Studies.Train;

/// <summary>What a description of a model without data says of its input.</summary>
internal sealed record PictureShapeSettings
{
    [Setting("channels, height and width of a picture", AtLeast = 1)]
    public IReadOnlyList<int>? InputShape { get; init; }
}
