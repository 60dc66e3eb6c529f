namespace Kappa.Lab.Tasks.Supervised;

/// <summary>How pictures are varied while a model trains on them.</summary>
internal sealed record AugmentationSettings
{
    [Setting("whether every second picture, at random, is mirrored left to right")]
    public bool Flip { get; init; } = true;

    [Setting("pixels by which a picture is moved at most, up or down and left or right", AtLeast = 0, AtMost = 4096)]
    public int Crop { get; init; }

    [Setting("the value of what comes into view where a picture is moved, as an input: 0 is the mean of the pictures", AtLeast = -1000, AtMost = 1000)]
    public double Padding { get; init; }

    [Setting("decides the variations; the same for every seed of training", AtLeast = 0)]
    public int Seed { get; init; }

    /// <summary>The pictures, varied anew in each epoch.</summary>
    /// <param name="pictures">Inputs <c>[channels, height, width]</c>.</param>
    /// <param name="dataPath">Where the data's settings stand in the config.</param>
    /// <exception cref="ConfigException">Nothing would be left of a picture that is moved so far.</exception>
    internal AugmentedDataSet Of(DataSet pictures, string dataPath)
    {
        int side = Math.Min(pictures.InputShape[1], pictures.InputShape[2]);
        return Crop < side
            ? new AugmentedDataSet(pictures, new Augmentation { Flip = Flip, CropPadding = Crop, Padding = (float)Padding }, (ulong)Seed)
            : throw new ConfigException(
                $"{dataPath}.augmentation.crop: expected less than {side}, the shorter side of these pictures; got {Crop}, which moves them out of sight");
    }
}
