namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Two more classes in each task, which holds all that came so far; after ten classes a new round begins, with another order of classes and of
/// pixels.</summary>
/// <remarks>After Dohare and others (2024), Nature 632, who add five classes of a hundred at a time; with ten classes the sequence goes on by rounds.</remarks>
internal sealed class ClassIncremental : TaskSequence
{
    internal const int TasksOfRound = 5;
    private readonly Philox _rounds;

    internal ClassIncremental(PictureSamples samples, Philox generator)
        : base(samples, generator) => _rounds = generator.Split("rounds");

    protected override ContinualTask Make(int index, Philox generator)
    {
        var round = _rounds.Split(index / TasksOfRound);
        int[] pixels = Permutation(Samples.Pixels, round.Split("pixels"));
        bool[] isThere = new bool[PictureSamples.Classes];
        foreach (int label in Permutation(PictureSamples.Classes, round.Split("classes")).Take(2 * (1 + (index % TasksOfRound))))
            isThere[label] = true;
        var (inputs, labels) = Select(Samples.Inputs, Samples.Labels, isThere);
        var (testInputs, testLabels) = Select(Samples.TestInputs, Samples.TestLabels, isThere);
        return new ContinualTask(
            Images(Permute(inputs, pixels)), Labels(labels),
            testLabels.Length > 0 ? Images(Permute(testInputs, pixels)) : null, testLabels.Length > 0 ? Labels(testLabels) : null);
    }

    private (float[] Inputs, int[] Labels) Select(float[] inputs, int[] labels, bool[] isThere)
    {
        int[] rows = [.. Enumerable.Range(0, labels.Length).Where(row => isThere[labels[row]])];
        var chosen = new float[rows.Length * Samples.Pixels];
        for (int i = 0; i < rows.Length; i++)
            inputs.AsSpan(rows[i] * Samples.Pixels, Samples.Pixels).CopyTo(chosen.AsSpan(i * Samples.Pixels));
        return (chosen, [.. rows.Select(row => labels[row])]);
    }
}
