namespace Kappa.Data.Pictures;

/// <summary>How pictures are varied while a model trains on them, so that it learns what does not change what they show.</summary>
public sealed record Augmentation
{
    /// <summary>Whether every second picture, at random, is mirrored left to right.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Pixels by which a picture is moved at most, up or down and left or right, each move equally likely: a crop of its own size at a random
    /// place of the picture with so much padding around it. 4 is usual for 32 x 32 (He et al. 2015, arXiv:1512.03385, section 4.2).</summary>
    [Range(AtLeast = 0, AtMost = 1 << 14)]
    public int CropPadding { get; init; }

    /// <summary>The value of padding, as an input: 0 is the mean of normalised pictures.</summary>
    public float Padding { get; init; }

    internal void Validate()
    {
        OptionRanges.Check(this);
        if (!float.IsFinite(Padding))
            throw new ArgumentOutOfRangeException(nameof(Padding), Padding, "Augmentation.Padding takes a finite number");
    }
}
