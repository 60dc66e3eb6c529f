namespace Kappa.Lab.Experiments.Isometry;

/// <summary>The same pictures, with the classes under other labels in each task.</summary>
internal sealed class LabelShuffles : TaskSequence
{
    internal LabelShuffles(PictureSamples samples, Philox generator)
        : base(samples, generator)
    {
    }

    protected override ContinualTask Make(int index, Philox generator)
    {
        int[] names = Permutation(PictureSamples.Classes, generator);
        return Of([.. Samples.Labels.Select(label => names[label])], [.. Samples.TestLabels.Select(label => names[label])]);
    }
}
