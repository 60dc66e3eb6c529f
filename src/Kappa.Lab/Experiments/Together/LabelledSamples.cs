namespace Kappa.Lab.Experiments.Together;

/// <summary>Examples with classes as targets, one for each or one for each position.</summary>
/// <param name="Inputs">The inputs, <c>[n, ..]</c>.</param>
/// <param name="Targets">Classes, Int32 <c>[n]</c> or <c>[n, positions]</c>; <see cref="Uncounted"/> where nothing is asked.</param>
internal sealed record LabelledSamples(Tensor Inputs, Tensor Targets)
{
    internal const int Uncounted = -1;
    private const int EvaluationBatch = 250;
    private static readonly CrossEntropyOptions Counted = new() { IgnoreIndex = Uncounted };

    internal int Count => Inputs.Shape[0];

    /// <summary>The mean cross-entropy over what is asked, recorded for differentiation.</summary>
    internal static Tensor Loss(Tensor logits, Tensor targets) =>
        Networks.Loss.CrossEntropy(logits.Reshape([targets.Count, logits.Shape[^1]]), targets.Reshape([targets.Count]), Counted);

    /// <summary>Some of them.</summary>
    internal LabelledSamples At(ReadOnlySpan<int> rows)
    {
        var indices = Tensor.From(rows, [rows.Length]);
        return new LabelledSamples(Inputs.Gather(indices), Targets.Gather(indices));
    }

    /// <summary>The first of them.</summary>
    internal LabelledSamples First(int count) => count >= Count ? this : new LabelledSamples(Inputs.Slice(0, 0, count), Targets.Slice(0, 0, count));

    /// <summary>Those in which as many answers are asked as in most: their mean loss is the mean of their own losses.</summary>
    internal LabelledSamples AskedAlike()
    {
        int positions = Targets.Count / Count;
        int[] asked = [.. Targets.ToArray<int>().Chunk(positions).Select(targets => targets.Count(target => target != Uncounted))];
        int usual = asked.GroupBy(count => count).MaxBy(group => group.Count())!.Key;
        int[] rows = [.. Enumerable.Range(0, Count).Where(row => asked[row] == usual)];
        return rows.Length == Count ? this : At(rows);
    }

    /// <summary>The same inputs, asked for classes that are drawn: there is nothing to learn but each by itself.</summary>
    /// <param name="classes">How many there are.</param>
    /// <param name="generator">Draws them; it advances.</param>
    internal LabelledSamples WithRandomTargets(int classes, Philox generator) => this with
    {
        Targets = Tensor.From(
            Array.ConvertAll(Targets.ToArray<int>(), target => target == Uncounted ? Uncounted : generator.NextInt32(classes)), Targets.Shape),
    };

    /// <summary>The mean loss and the share of right answers, in evaluation mode.</summary>
    /// <exception cref="NonFiniteException">An output is not finite.</exception>
    internal (double Loss, double Accuracy) Evaluate(Module model)
    {
        using var quiet = NoGradient.Begin();
        model.Eval();
        double loss = 0, right = 0, all = 0;
        for (int start = 0; start < Count; start += EvaluationBatch)
        {
            using var scope = TensorScope.Begin();
            int count = Math.Min(EvaluationBatch, Count - start);
            var targets = Targets.Slice(0, start, count);
            var logits = model.Forward(Inputs.Slice(0, start, count));
            int[] expected = targets.ToArray<int>(), chosen = logits.Reshape([targets.Count, logits.Shape[^1]]).ArgMax().ToArray<int>();
            int counted = expected.Count(target => target != Uncounted);
            loss += Loss(logits, targets).ToDouble() * counted;
            right += expected.Zip(chosen, (target, answer) => target != Uncounted && target == answer ? 1 : 0).Sum();
            all += counted;
        }
        model.Train();
        return (loss / all, right / all);
    }
}
