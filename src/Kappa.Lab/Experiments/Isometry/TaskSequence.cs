namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A sequence of tasks; each is a function of the seed and its number alone, so that a run can go on from any of them.</summary>
internal sealed class TaskSequence(TaskKind kind, PictureSamples samples, Philox generator)
{
    private const int TasksOfRound = 5;

    /// <summary>The task of a number, from 0. The caller disposes it.</summary>
    internal ContinualTask this[int index]
    {
        get
        {
            using var outside = NoGradient.Begin();
            var own = generator.Split(index);
            return kind switch
            {
                TaskKind.RandomLabels => Of(samples.Inputs, [.. samples.Labels.Select(_ => own.NextInt32(PictureSamples.Classes))], [], []),
                TaskKind.PermutedInputs => Permuted(Permutation(samples.Pixels, own), label => true),
                TaskKind.LabelShuffles => Renamed(Permutation(PictureSamples.Classes, own)),
                _ => ClassIncremental(index % TasksOfRound, generator.Split("rounds").Split(index / TasksOfRound)),
            };
        }
    }

    private ContinualTask Renamed(int[] names) => Of(
        samples.Inputs, [.. samples.Labels.Select(label => names[label])], samples.TestInputs, [.. samples.TestLabels.Select(label => names[label])]);

    private ContinualTask ClassIncremental(int index, Philox round)
    {
        var isThere = Permutation(PictureSamples.Classes, round.Split("classes")).Take(2 * (1 + index)).ToHashSet();
        return Permuted(Permutation(samples.Pixels, round.Split("pixels")), isThere.Contains);
    }

    /// <summary>The pictures of some classes, with the pixels of each in another order.</summary>
    private ContinualTask Permuted(int[] order, Func<int, bool> isThere)
    {
        float[] Pictures(float[] pictures, int[] labels)
        {
            int[] rows = [.. Enumerable.Range(0, labels.Length).Where(row => isThere(labels[row]))];
            var result = new float[rows.Length * order.Length];
            for (int i = 0; i < result.Length; i++)
                result[i] = pictures[(rows[i / order.Length] * order.Length) + order[i % order.Length]];
            return result;
        }

        return Of(
            Pictures(samples.Inputs, samples.Labels), [.. samples.Labels.Where(isThere)],
            Pictures(samples.TestInputs, samples.TestLabels), [.. samples.TestLabels.Where(isThere)]);
    }

    private ContinualTask Of(float[] inputs, int[] labels, float[] testInputs, int[] testLabels)
    {
        Tensor Images(float[] values, int count) => Tensor.From(values, [count, samples.Pixels]).Keep();
        Tensor Labels(int[] values) => Tensor.From(values, [values.Length]).Keep();
        bool hasTest = testLabels.Length > 0;
        return new(Images(inputs, labels.Length), Labels(labels), hasTest ? Images(testInputs, testLabels.Length) : null, hasTest ? Labels(testLabels) : null);
    }

    private static int[] Permutation(int count, Philox generator)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        generator.Shuffle(order);
        return order;
    }
}
