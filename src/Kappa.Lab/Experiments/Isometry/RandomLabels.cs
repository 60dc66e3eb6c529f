namespace Kappa.Lab.Experiments.Isometry;

/// <summary>The same pictures, each with a label drawn anew in each task (Zhang and others, 2016, arXiv 1611.03530; as a sequence: Lyle and others, 2023, arXiv
/// 2303.01486).</summary>
internal sealed class RandomLabels : TaskSequence
{
    internal RandomLabels(PictureSamples samples, Philox generator)
        : base(samples, generator)
    {
    }

    protected override ContinualTask Make(int index, Philox generator) =>
        Of([.. Enumerable.Range(0, Samples.Labels.Length).Select(_ => generator.NextInt32(PictureSamples.Classes))], testLabels: null);
}
