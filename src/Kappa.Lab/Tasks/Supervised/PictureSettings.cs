namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Pictures, whichever they are.</summary>
internal record PictureSettings
{
    [Setting("how pictures are varied while a model trains on them, and never where it is measured; true: every second one is mirrored; left out, not at all")]
    public Switched<AugmentationSettings>? Augmentation { get; init; }
}
