namespace Kappa.Lab.Tasks.Text;

/// <summary>Losses on some windows of the validation text: as it is, with tokens replaced, and after tokens of the model's own.</summary>
/// <param name="data">The text.</param>
/// <param name="most">The most windows.</param>
internal sealed class HeldOutText(TextData data, int most)
{
    private const int Windows = 32;
    private const int OwnTokens = 8;
    private const double ReplacedShare = 0.1;

    private readonly Lazy<(int[] Inputs, int[] Targets, int[] Perturbed)> _windows = new(() => Read(data, Math.Min(Math.Min(most, Windows),
        data.Validation.Count)));

    private int Length => data.UnitsPerExample;

    private int Count => _windows.Value.Inputs.Length / Length;

    /// <summary>The loss, recorded for differentiation.</summary>
    internal Tensor Loss(Module model) => Loss(model, _windows.Value.Inputs, _windows.Value.Targets);

    /// <summary>A tenth of the tokens are replaced by others of the same windows; what comes next stays.</summary>
    internal double PerturbedLoss(Module model, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        model.Eval();
        return Loss(model, _windows.Value.Perturbed, _windows.Value.Targets).ToDouble();
    }

    /// <summary>The loss of the second half of each window, of which the model has drawn the first eight tokens itself.</summary>
    internal double UnrolledLoss(Module model, CancellationToken cancellation)
    {
        int half = Length / 2, own = Math.Min(OwnTokens, Length - half - 1), count = Count;
        model.Eval();
        int[] inputs = [.. _windows.Value.Inputs], targets = [.. _windows.Value.Targets];
        var writer = new TokenGenerator((Transformer)model, new SamplingOptions { Temperature = 1 }, sequences: count);
        int[][] beginnings = [.. Enumerable.Range(0, count).Select(row => inputs.AsSpan(row * Length, half).ToArray())];
        var written = writer.Generate(beginnings, own, new Philox(0), null, cancellation);
        int rest = Length - half - own;
        int[] expected = new int[count * rest];
        for (int row = 0; row < count; row++)
        {
            written[row].CopyTo(inputs, (row * Length) + half);
            targets.AsSpan((row * Length) + half + own, rest).CopyTo(expected.AsSpan(row * rest));
        }
        var logits = model.ForwardThere(Tensor.From(inputs, [count, Length])).Slice(1, half + own, rest);
        var labels = Tensor.From(expected, [expected.Length]).On(logits.Device);
        return Networks.Loss.CrossEntropy(logits.Reshape([expected.Length, data.OutputSize]), labels).ToDouble();
    }

    private Tensor Loss(Module model, int[] inputs, int[] targets)
    {
        var logits = model.ForwardThere(Tensor.From(inputs, [inputs.Length / Length, Length]));
        return Networks.Loss.CrossEntropy(logits.Reshape([inputs.Length, data.OutputSize]), Tensor.From(targets, [targets.Length]).On(logits.Device));
    }

    private static (int[] Inputs, int[] Targets, int[] Perturbed) Read(TextData data, int count)
    {
        var batch = data.Validation.Take([.. Enumerable.Range(0, count).Select(i => (int)((long)i * data.Validation.Count / count))]);
        int[] inputs = batch.Inputs.ToArray<int>(), targets = batch.Targets.ToArray<int>(), perturbed = [.. inputs];
        batch.Release();
        var generator = new Philox(0).Split("perturbation");
        for (int i = 0; i < perturbed.Length; i++)
        {
            if (generator.NextDouble() < ReplacedShare)
                perturbed[i] = inputs[generator.NextInt32(inputs.Length)];
        }
        return (inputs, targets, perturbed);
    }
}
