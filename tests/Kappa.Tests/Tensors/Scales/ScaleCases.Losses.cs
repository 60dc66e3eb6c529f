using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Scales;

/// <content>Losses of elements.</content>
public static partial class ScaleCases
{
    private static IEnumerable<ScaleCase> ElementLosses()
    {
        Shape shape = [6, 5];
        double[] targets = [.. Enumerable.Range(0, shape.Count).Select(i => i % 4 / 4.0)];
        var options = new BinaryCrossEntropyOptions { PositiveWeights = [0.5, 2, 1, 0.25, 3], LabelSmoothing = 0.1 };
        foreach (double scale in Scales)
        {
            foreach (double gradient in GradientScales)
            {
                (string Name, Func<Tensor, Tensor, Tensor> Apply)[] losses =
                [
                    ("MeanAbsoluteError", (a, b) => Loss.MeanAbsoluteError(a, b)), ("Huber of 1", (a, b) => Loss.Huber(a, b)),
                    ("Huber of the scale", (a, b) => Loss.Huber(a, b, scale)), ("SmoothL1 of the scale", (a, b) => Loss.SmoothL1(a, b, scale)),
                ];
                foreach (var (name, apply) in losses)
                {
                    yield return new(
                        $"{name} at {scale}, gradient {gradient}", [shape, shape], [scale, scale], gradient, x => apply(x[0], x[1]));
                }

                yield return new($"Quantile at {scale}, gradient {gradient}", [shape, [6]], [scale, scale], gradient,
                    x => Loss.Quantile(x[0], x[1], [0.1, 0.3, 0.5, 0.6, 0.95]));
                yield return new($"BinaryCrossEntropyWithLogits at {scale}, gradient {gradient}", [shape], [scale], gradient,
                    x => Loss.BinaryCrossEntropyWithLogits(x[0], Tensor.From(targets, shape).To(x[0].DataType)));
                yield return new($"BinaryCrossEntropyWithLogits with options at {scale}, gradient {gradient}", [shape], [scale], gradient,
                    x => Loss.BinaryCrossEntropyWithLogits(x[0], Tensor.From(targets, shape).To(x[0].DataType), options));
                yield return new($"KullbackLeibler at {scale}, gradient {gradient}", [shape], [scale], gradient,
                    x => Loss.KullbackLeibler(x[0], Tensor.From(targets, shape).To(x[0].DataType)));
                yield return new($"Hinge at {scale}, gradient {gradient}", [shape], [scale], gradient,
                    x => Loss.Hinge(x[0], Tensor.From([.. targets.Select(target => target > 0.5 ? 1.0 : -1)], shape).To(x[0].DataType)));
                yield return new($"MultiMargin at {scale}, gradient {gradient}", [shape], [scale], gradient,
                    x => Loss.MultiMargin(x[0], Tensor.From(1, 0, 4, 2, 0, 3)));
            }
        }

        // Variances from 1e-17 to 1e17.
        foreach (double scale in (double[])[1e-15, 1e-5, 1, 1e5, 1e15])
        {
            yield return new($"GaussianNegativeLogLikelihood at {scale}", [shape, shape, shape], [scale, 40, scale], 1,
                x => Loss.GaussianNegativeLogLikelihood(x[0], x[1], x[2]));
        }
    }
}
