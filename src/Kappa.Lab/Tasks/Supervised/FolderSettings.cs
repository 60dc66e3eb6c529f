namespace Kappa.Lab.Tasks.Supervised;

/// <summary>A folder of pictures of one's own.</summary>
internal sealed record FolderSettings : PictureSettings, ICheckedSettings
{
    [Setting("a folder with a subfolder of PNG and JPEG files for each class; relative to the config", Takes = "a folder")]
    public required string Path { get; init; }

    [Setting("a folder of the same classes to measure on; left out, a share of the first", MayBeEmpty = true)]
    public string ValidationPath { get; init; } = "";

    [Setting("height of the pictures in pixels; others are brought to it", AtLeast = 1, AtMost = 4096)]
    public int Height { get; init; } = 64;

    [Setting("width of the pictures in pixels", AtLeast = 1, AtMost = 4096)]
    public int Width { get; init; } = 64;

    [Setting("how a picture of another shape is brought to this one")]
    public PictureFit Fit { get; init; } = PictureFit.CropToCentre;

    [Setting("whether pictures become grey")]
    public bool Grey { get; init; }

    [Setting("whether a JPEG is turned upright as the camera noted beside it (Exif)")]
    public bool FollowOrientation { get; init; } = true;

    [Setting("whether pictures that cannot be decoded are left out, and named; otherwise the first is an error")]
    public bool SkipCorrupt { get; init; }

    [Setting("share of each class to measure on, where it has no folder of its own", Above = 0, Below = 1)]
    public double ValidationShare { get; init; } = 0.2;

    [Setting("decides the split; the same for every seed of training", AtLeast = 0)]
    public int SplitSeed { get; init; }

    internal PictureFolderOptions Options => new()
    {
        Height = Height, Width = Width, Fit = Fit, IsGrey = Grey, FollowOrientation = FollowOrientation, SkipCorrupt = SkipCorrupt,
    };

    /// <summary>The same error, with the way out as a command has it.</summary>
    internal static IOException InTermsOf(DataFileException error, string wayOut) =>
        new(error.Message.Replace("set PictureFolderOptions.SkipCorrupt", wayOut, StringComparison.Ordinal), error);

    public void Check(SettingsCheck check)
    {
        check.RequirePath(nameof(Path), Path);
        check.RequirePath(nameof(ValidationPath), ValidationPath);
    }
}
