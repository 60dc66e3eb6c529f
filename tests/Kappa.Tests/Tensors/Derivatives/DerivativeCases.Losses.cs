using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Derivatives;

/// <content>Losses of elements.</content>
public static partial class DerivativeCases
{
    private static Shape[] Batches => [[], [7], [3, 5], [2, 3, 4]];

    private static IEnumerable<DerivativeCase> ElementLosses()
    {
        foreach (Shape shape in Batches)
        {
            foreach (bool weighed in (bool[])[false, true])
            {
                string variant = $"{shape}{(weighed ? " weighed" : "")}";
                yield return Regression($"MeanAbsoluteError {variant}", nameof(Loss.MeanAbsoluteError), shape, weighed, Loss.MeanAbsoluteError,
                    (a, b) => (a - b).Abs());
                foreach (double delta in (double[])[0.3, 1, 1.7])
                {
                    yield return Regression($"Huber {delta} {variant}", nameof(Loss.Huber), shape, weighed, (a, b, w) => Loss.Huber(a, b, delta, w),
                        (a, b) => PlainHuber(a, b, delta));
                    yield return Regression($"SmoothL1 {delta} {variant}", nameof(Loss.SmoothL1), shape, weighed, (a, b, w) => Loss.SmoothL1(a, b, delta, w),
                        (a, b) => PlainHuber(a, b, delta) / delta);
                }

                yield return Regression($"SmoothL1 0 {variant}", nameof(Loss.SmoothL1), shape, weighed, (a, b, w) => Loss.SmoothL1(a, b, 0, w),
                    (a, b) => (a - b).Abs());
                yield return new($"Hinge {variant}", nameof(Loss.Hinge), [shape],
                    x => Loss.Hinge(x[0], Signs(x[0]), 0.9, weighed ? Ramp(shape, x[0]) : null))
                {
                    Decomposition = x => Weighed(((-x[0] * Signs(x[0])) + 0.9).Relu(), weighed),
                };
                yield return new($"GaussianNegativeLogLikelihood {variant}", nameof(Loss.GaussianNegativeLogLikelihood), [shape, shape, shape],
                    x => Loss.GaussianNegativeLogLikelihood(x[0], x[1], x[2], weighed, weighed ? Ramp(shape, x[0]) : null))
                {
                    Decomposition = x => Weighed(0.5 * (x[1] + ((x[0] - x[2]).Square() * (-x[1]).Exp()) + (weighed ? Math.Log(2 * Math.PI) : 0)), weighed),
                };
            }
        }

        foreach (var entry in (IEnumerable<DerivativeCase>)[.. BinaryCrossEntropies(), .. Divergences(), .. Margins(), .. Quantiles()])
            yield return entry;
        yield return new("MeanAbsoluteError against its double", nameof(Loss.MeanAbsoluteError), [[2, 3]], x => Loss.MeanAbsoluteError(x[0], 2.0 * x[0]));
        yield return new("Huber against itself", nameof(Loss.Huber), [[2, 3]], x => Loss.Huber(x[0], x[0]));
    }

    private static IEnumerable<DerivativeCase> BinaryCrossEntropies()
    {
        foreach (Shape shape in Batches)
        {
            yield return new($"BinaryCrossEntropyWithLogits {shape}", nameof(Loss.BinaryCrossEntropyWithLogits), [shape, shape],
                x => Loss.BinaryCrossEntropyWithLogits(x[0], x[1].Sigmoid())) { Decomposition = x => PlainBinary(x[0], x[1].Sigmoid(), null, 0).Mean() };
            int classes = shape.Rank == 0 ? 1 : shape[-1];
            foreach (double[] positive in (double[][])[[3.25], [.. Enumerable.Range(1, classes).Select(i => 0.5 * i)]])
            {
                yield return new($"BinaryCrossEntropyWithLogits {shape} smoothed, positive weights up to {positive[^1]}",
                    nameof(Loss.BinaryCrossEntropyWithLogits), [shape, shape],
                    x => Loss.BinaryCrossEntropyWithLogits(x[0], x[1].Sigmoid(), new BinaryCrossEntropyOptions
                    {
                        PositiveWeights = positive, LabelSmoothing = 0.2, Weights = Ramp(shape, x[0]),
                    }))
                {
                    Decomposition = x => (PlainBinary(x[0], x[1].Sigmoid(), positive, 0.2) * Ramp(shape, x[0])).Mean(),
                };
            }
        }
    }

    private static IEnumerable<DerivativeCase> Divergences()
    {
        foreach (Shape shape in Batches.Where(shape => shape.Rank > 0))
        {
            yield return new($"KullbackLeibler {shape}", nameof(Loss.KullbackLeibler), [shape, shape], x => Loss.KullbackLeibler(x[0], x[1]))
            {
                Domain = Domain.Positive, Decomposition = x => (x[1] * (x[1].Log() - x[0])).Sum() / shape[0],
            };
        }

        yield return new("KullbackLeibler weighed", nameof(Loss.KullbackLeibler), [[3, 5], [3, 5]],
            x => Loss.KullbackLeibler(x[0], x[1], Ramp([3], x[0])))
        {
            Domain = Domain.Positive,
            Decomposition = x => (x[1] * (x[1].Log() - x[0]) * Ramp([3], x[0]).Reshape([3, 1])).Sum() / Ramp([3], x[0]).Sum().ToDouble(),
        };
    }

    private static IEnumerable<DerivativeCase> Margins()
    {
        foreach (var (n, classes) in ((int, int)[])[(1, 1), (1, 4), (6, 5), (3, 17)])
        {
            int[] labels = [.. Enumerable.Range(0, n).Select(i => i * 7 % classes)];
            double[] weights = [.. Enumerable.Range(0, classes).Select(c => c == 3 ? 0 : 0.5 + (0.25 * c))];
            foreach (bool weighed in (bool[])[false, true])
            {
                yield return new($"MultiMargin {n} {classes} {weighed}", nameof(Loss.MultiMargin), [[n, classes]],
                    x => Loss.MultiMargin(x[0], Tensor.From(labels).To(x[0].Device), 0.8, weighed ? weights : null))
                {
                    Decomposition = x => Enumerable.Range(0, n).Select(row =>
                    {
                        var scores = x[0].Slice(0, row, 1);
                        var open = (scores - scores.Slice(1, labels[row], 1) + 0.8).Relu().Sum() - 0.8;
                        return (weighed ? weights[labels[row]] : 1) * open / (n * classes);
                    }).Aggregate((a, b) => a + b),
                };
            }
        }
    }

    private static IEnumerable<DerivativeCase> Quantiles()
    {
        double[] quantiles = [0.1, 0.5, 0.8];
        foreach (var (prediction, target) in ((Shape, Shape)[])[([5, 3], [5]), ([5, 3], [5, 1]), ([2, 4, 3], [2, 4]), ([3], [])])
        {
            yield return new($"Quantile {prediction} {target}", nameof(Loss.Quantile), [prediction, target], x => Loss.Quantile(x[0], x[1], quantiles))
            {
                Decomposition = x =>
                {
                    var d = x[1].Reshape(prediction.With(prediction.Rank - 1, 1)) - x[0];
                    return ((d * Tensor.From(quantiles)) + (-d).Relu()).Mean();
                },
            };
        }

        yield return new("Quantile weighed", nameof(Loss.Quantile), [[4, 3], [4]], x => Loss.Quantile(x[0], x[1], quantiles, Ramp([4], x[0])));
    }

    private static DerivativeCase Regression(
        string name, string member, Shape shape, bool weighed, Func<Tensor, Tensor, Tensor?, Tensor> loss, Func<Tensor, Tensor, Tensor> element) =>
        new(name, member, [shape, shape], x => loss(x[0], x[1], weighed ? Ramp(shape, x[0]) : null))
        {
            Decomposition = x => Weighed(element(x[0], x[1]), weighed),
        };

    private static Tensor PlainHuber(Tensor a, Tensor b, double delta)
    {
        var distance = (a - b).Abs();
        var inside = distance - (distance - delta).Relu();
        return (0.5 * inside.Square()) + (delta * (distance - inside));
    }

    private static Tensor PlainBinary(Tensor logits, Tensor targets, double[]? positive, double smoothing)
    {
        var smooth = (targets * (1 - smoothing)) + (smoothing / 2);
        var (yes, no) = (((-logits).Exp() + 1).Log(), (logits.Exp() + 1).Log());
        var weights = Tensor.From(positive is { Length: > 1 } ? positive : [positive?[0] ?? 1], positive is { Length: > 1 } ? [positive.Length] : []);
        return (smooth * weights * yes) - ((smooth - 1) * no);
    }

    /// <summary>1 or -1, by the number of the element.</summary>
    private static Tensor Signs(Tensor like) =>
        Tensor.From([.. Enumerable.Range(0, like.Count).Select(i => i % 3 == 1 ? -1.0 : 1)], like.Shape).To(like.DataType).To(like.Device);

    /// <summary>Weights, of which one is zero.</summary>
    private static Tensor Ramp(Shape shape, Tensor like) =>
        Tensor.From([.. Enumerable.Range(0, shape.Count).Select(i => i == 1 ? 0 : 0.5 + (0.25 * (i % 5)))], shape).To(like.DataType).To(like.Device);

    private static Tensor Weighed(Tensor x, bool weighed)
    {
        if (!weighed)
            return x.Mean();
        var weights = Ramp(x.Shape, x);
        return (x * weights).Sum() / weights.Sum().ToDouble();
    }
}
