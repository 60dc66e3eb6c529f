namespace Kappa.Lab.Experiments.Isometry;

/// <summary>The same pictures and labels, with one permutation of the pixels for each task (Goodfellow and others, 2013, arXiv 1312.6211).</summary>
internal sealed class PermutedInputs : TaskSequence
{
    internal PermutedInputs(PictureSamples samples, Philox generator)
        : base(samples, generator)
    {
    }

    protected override ContinualTask Make(int index, Philox generator)
    {
        int[] order = Permutation(Samples.Pixels, generator);
        return new ContinualTask(
            Images(Permute(Samples.Inputs, order)), Labels(Samples.Labels),
            Samples.TestLabels.Length > 0 ? Images(
                Permute(Samples.TestInputs, order)) : null, Samples.TestLabels.Length > 0 ? Labels(Samples.TestLabels) : null);
    }
}
