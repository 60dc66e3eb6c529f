namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Pictures that tasks are made of: a sample for each seed, with pixels standardised over the data set.</summary>
internal sealed class PictureSamples
{
    // Read and checked once, whatever the number of runs; they do not change.
    private static readonly Lazy<PictureData> Fashion = new(() => PictureDataKind.FashionMnist.Pictures(flat: true));
    private static readonly Lazy<PictureData> Digits = new(() => PictureDataKind.HandwrittenDigits.Pictures(flat: true));

    internal PictureSamples(float[] inputs, int[] labels, float[] testInputs, int[] testLabels)
    {
        (Inputs, Labels, TestInputs, TestLabels) = (inputs, labels, testInputs, testLabels);
        Pixels = inputs.Length / labels.Length;
    }

    internal const int Classes = 10;

    /// <summary>Pixels of a picture.</summary>
    internal int Pixels { get; }

    /// <summary><c>[examples, pixels]</c>.</summary>
    internal float[] Inputs { get; }

    internal int[] Labels { get; }

    internal float[] TestInputs { get; }

    internal int[] TestLabels { get; }

    /// <summary>Draws training and test pictures.</summary>
    internal static PictureSamples Load(ContinualSettings settings, Philox generator)
    {
        var data = (settings.Data == "fashion" ? Fashion : Digits).Value;
        var (inputs, labels) = Draw(data.Training, settings.Examples, generator.Split("training"));
        var (testInputs, testLabels) = Draw(data.Validation, settings.TestExamples, generator.Split("test"));
        return new PictureSamples(inputs, labels, testInputs, testLabels);
    }

    private static (float[] Inputs, int[] Labels) Draw(DataSet data, int count, Philox generator)
    {
        if (count > data.Count)
            throw new ConfigException($"examples: expected at most the {data.Count} that the data set has; got {count}");
        int[] rows = [.. Enumerable.Range(0, data.Count)];
        generator.Shuffle(rows);
        using var scope = TensorScope.Begin();
        if (count == 0)
            return ([], []);
        var (inputs, targets) = data.Take(rows.AsSpan(0, count));
        using (inputs)
        using (targets)
            return (inputs.ToArray<float>(), targets.ToArray<int>());
    }
}
