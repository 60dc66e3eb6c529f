namespace Kappa.Data.Pictures;

/// <summary>How the pictures of a <see cref="PictureFolder"/> are read.</summary>
public sealed record PictureFolderOptions
{
    /// <summary>Pixels from top to bottom; null, with <see cref="Width"/>, to take pictures as they are, which must then all have one size.</summary>
    [Range(AtLeast = 1, AtMost = 1 << 14)]
    public int? Height { get; init; }

    /// <summary>Pixels from left to right; null as <see cref="Height"/> is.</summary>
    [Range(AtLeast = 1, AtMost = 1 << 14)]
    public int? Width { get; init; }

    /// <summary>How a picture of another shape is brought to this one.</summary>
    public PictureFit Fit { get; init; } = PictureFit.CropToCentre;

    /// <summary>The grey of the border that <see cref="PictureFit.Border"/> makes, 0 (black) to 255.</summary>
    public byte Border { get; init; }

    /// <summary>Whether pictures become grey, <c>[1, height, width]</c>, by the luminance of ITU-R BT.709; else <c>[3, height, width]</c>: red, green,
    /// blue.</summary>
    public bool IsGrey { get; init; }

    /// <summary>Whether a JPEG is turned upright as the camera noted beside it (the orientation of Exif), as every viewer shows it; else pixels stay as they
    /// are stored.</summary>
    public bool FollowOrientation { get; init; } = true;

    /// <summary>What turns pixels into inputs; null for the mean and deviation of the pictures themselves, after a split those of its first part.</summary>
    public PictureNormalization? Normalization { get; init; }

    /// <summary>The class of each label; null for the names of the subfolders, sorted by code units. Other pictures for the same model, such as those of a
    /// test, need the list of the training pictures: <see cref="PictureFolder.OpenAlike"/> gives it.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Whether pictures that cannot be decoded are left out and listed in <see cref="PictureFolder.Skipped"/>; else the first one is an
    /// error.</summary>
    public bool SkipCorrupt { get; init; }

    /// <summary>Decoded pictures are kept in memory, a byte for each pixel and channel, where all take at most so many bytes; 0 to decode them each
    /// time.</summary>
    [Range(AtLeast = 0)]
    public long CacheBytes { get; init; } = 1L << 30;

    /// <summary>Threads that decode; null for <see cref="ComputeThreads.Count"/>. The result does not depend on it.</summary>
    [Range(AtLeast = 1, AtMost = 256)]
    public int? Workers { get; init; }

    /// <summary>The most bytes of a file that is opened.</summary>
    [Range(AtLeast = 1, AtMost = 1 << 30)]
    public int MostFileBytes { get; init; } = 1 << 26;

    /// <summary>The most pixels that a picture's header may promise before it is decoded, which takes up to 8 bytes for each and worker.</summary>
    [Range(AtLeast = 1, AtMost = 1 << 28)]
    public int MostPixels { get; init; } = 50_000_000;

    internal int Channels => IsGrey ? 1 : 3;

    internal void Validate()
    {
        OptionRanges.Check(this);
        if (Height is null != Width is null)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"PictureFolderOptions: give both Height and Width, or neither; got {Height ?? 0} and {Width ?? 0}"));
        }
        _ = Normalization?.Table(Channels);
    }
}
