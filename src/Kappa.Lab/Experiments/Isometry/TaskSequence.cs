namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A sequence of tasks; each is a function of the seed and its number alone, so that a run can go on from any of them.</summary>
internal abstract class TaskSequence
{
    private readonly Philox _generator;

    private protected TaskSequence(PictureSamples samples, Philox generator) => (Samples, _generator) = (samples, generator);

    protected PictureSamples Samples { get; }

    /// <summary>A sequence of a kind.</summary>
    internal static TaskSequence Make(TaskKind kind, PictureSamples samples, Philox generator) => kind switch
    {
        TaskKind.RandomLabels => new RandomLabels(samples, generator),
        TaskKind.PermutedInputs => new PermutedInputs(samples, generator),
        TaskKind.LabelShuffles => new LabelShuffles(samples, generator),
        _ => new ClassIncremental(samples, generator),
    };

    /// <summary>The task of a number, from 0. The caller disposes it.</summary>
    internal ContinualTask this[int index]
    {
        get
        {
            using var outside = NoGradient.Begin();
            return Make(index, _generator.Split(index));
        }
    }

    protected abstract ContinualTask Make(int index, Philox generator);

    /// <summary>All pictures, with labels as given.</summary>
    protected ContinualTask Of(int[] labels, int[]? testLabels) => new(
        Images(Samples.Inputs), Labels(labels),
        testLabels is { Length: > 0 } ? Images(Samples.TestInputs) : null, testLabels is { Length: > 0 } ? Labels(testLabels) : null);

    protected Tensor Images(float[] values) => Tensor.From(values, [values.Length / Samples.Pixels, Samples.Pixels]).Keep();

    protected static Tensor Labels(int[] labels) => Tensor.From(labels, [labels.Length]).Keep();

    protected static int[] Permutation(int count, Philox generator)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        generator.Shuffle(order);
        return order;
    }

    /// <summary>The pixels of every picture in another order.</summary>
    protected static float[] Permute(float[] pictures, int[] order)
    {
        var result = new float[pictures.Length];
        for (int start = 0; start < pictures.Length; start += order.Length)
        {
            for (int pixel = 0; pixel < order.Length; pixel++)
                result[start + pixel] = pictures[start + order[pixel]];
        }

        return result;
    }
}
