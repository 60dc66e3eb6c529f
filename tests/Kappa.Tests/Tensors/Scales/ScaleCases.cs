using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Scales;

/// <summary>The registry of operations with intermediates of their own, times scales from 1e-40 to 3e38.</summary>
public static partial class ScaleCases
{
    private static readonly double[] Scales = [1e-40, 1e-30, 1e-20, 1e-10, 1, 1e10, 1e20, 1e30, 3e38];

    private static readonly double[] GradientScales = [1e-30, 1e-20, 1, 1e20];

    private static readonly ScaleCase[] Registered =
    [
        .. Normalisations(), .. Softmaxes(), .. Losses(), .. ElementLosses(), .. Sums(), .. Pools(), .. Layers(), .. Attentions(),
    ];

    public static TheoryData<string> Names => [.. Registered.Select(entry => entry.Name)];

    public static ScaleCase Named(string name) => Registered.Single(entry => entry.Name == name);

    private static IEnumerable<ScaleCase> Normalisations()
    {
        (string Name, Shape Shape, Func<Tensor, Tensor> Apply)[] plain =
        [
            ("LayerNorm", [3, 37], x => x.LayerNorm()), ("LayerNorm without epsilon", [3, 37], x => x.LayerNorm(0)),
                ("LayerNorm of four", [5, 4], x => x.LayerNorm()),
            ("RmsNorm", [3, 37], x => x.RmsNorm()), ("RmsNorm without epsilon", [3, 37], x => x.RmsNorm(0)),
                ("RmsNorm of long rows", [2, 5000], x => x.RmsNorm()),
            ("BatchNorm without parameters", [6, 3], x => x.BatchNorm(null, null)),
        ];
        foreach (var (name, shape, apply) in plain)
        {
            foreach (var entry in Each(name, shape, apply))
                yield return entry;
        }

        foreach (Shape shape in (Shape[])[[9, 3], [40, 35], [4, 3, 7], [3, 2, 5, 5], [2, 3, 9, 11]])
        {
            foreach (double epsilon in (double[])[1e-5, 0])
            {
                foreach (double scale in Scales)
                {
                    foreach (double gradient in GradientScales)
                    {
                        yield return new($"BatchNorm {shape} {epsilon} at {scale}, gradient {gradient}", [shape, [shape[1]], [shape[1]]], [scale, 1, 1],
                            gradient, x => x[0].BatchNorm(x[1], x[2], epsilon));
                    }
                }
            }
        }
    }

    private static IEnumerable<ScaleCase> Softmaxes()
    {
        foreach (Shape shape in (Shape[])[[3, 2], [4, 9], [2, 300]])
        {
            foreach (var entry in (IEnumerable<ScaleCase>)[.. Each("Softmax", shape, x => x.Softmax()), .. Each("LogSoftmax", shape, x => x.LogSoftmax())])
                yield return entry with { Slack = 1e-6 * entry.GradientScale * Math.Max(Math.Min(1, entry.Scales[0]), 1e-38) };
        }
    }

    private static IEnumerable<ScaleCase> Losses()
    {
        var labels = Tensor.From(1, 0, 4, 2, 0, 3).Keep();
        var weighed = new CrossEntropyOptions { IgnoreIndex = 4, LabelSmoothing = 0.1, ClassWeights = [0.5, 2, 1, 0.25, 3] };
        foreach (double scale in Scales)
        {
            foreach (double gradient in GradientScales)
            {
                yield return new($"CrossEntropy at {scale}, gradient {gradient}", [[6, 5]], [scale], gradient, x => Loss.CrossEntropy(x[0], labels));
                yield return new(
                    $"CrossEntropy with options at {scale}, gradient {gradient}", [[6, 5]], [scale], gradient, x => Loss.CrossEntropy(x[0], labels, weighed));
                yield return new(
                    $"MeanSquaredError at {scale}, gradient {gradient}", [[6, 5], [6, 5]], [scale, scale], gradient, x => Loss.MeanSquaredError(x[0], x[1]));
                yield return new($"MeanSquaredError of small differences at {scale}, gradient {gradient}", [[60, 5], [60, 5]], [scale, scale / 1e6], gradient,
                    x => Loss.MeanSquaredError(x[0], x[1]));
            }
        }
    }

    private static IEnumerable<ScaleCase> Sums()
    {
        foreach (Shape shape in (Shape[])[[70], [33, 4], [3, 50, 7]])
        {
            foreach (var entry in (IEnumerable<ScaleCase>)[.. Each("Sum", shape, x => x.Sum()), .. Each("Mean", shape, x => x.Mean())])
                yield return entry;
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                int over = axis;
                foreach (var entry in (IEnumerable<ScaleCase>)[.. Each($"Mean over {axis}", shape, x => x.Mean(over)),
                    .. Each($"Sum over {axis}", shape, x => x.Sum(over)), .. Each($"Max over {axis}", shape, x => x.Max(over)),
                    .. Each($"Cumsum over {axis}", shape, x => x.Cumsum(over)), .. Each($"TopK over {axis}", shape, x => x.TopK(2, over).Values)])
                {
                    yield return entry;
                }
            }
        }
    }

    private static IEnumerable<ScaleCase> Pools()
    {
        Shape shape = [2, 3, 9, 9];
        foreach (var entry in (IEnumerable<ScaleCase>)[.. Each("AvgPool2d 3", shape, x => x.AvgPool2d(3)),
            .. Each("AvgPool2d overlapping", shape, x => x.AvgPool2d(5, 1, 2)), .. Each("GlobalAvgPool2d", shape, x => x.GlobalAvgPool2d()),
            .. Each("MaxPool2d overlapping", shape, x => x.MaxPool2d(3, 1))])
        {
            yield return entry;
        }
    }

    private static IEnumerable<ScaleCase> Layers()
    {
        foreach (double scale in (double[])[1e-30, 1e-15, 1, 1e15, 1e30])
        {
            foreach (double gradient in (double[])[1e-5, 1, 1e5])
            {
                yield return new(
                    $"Linear at {scale}, gradient {gradient}", [[9, 5], [4, 5], [4]], [scale, 1 / scale, 1], gradient, x => x[0].Linear(x[1], x[2]));
                yield return new($"Conv2d at {scale}, gradient {gradient}", [[3, 2, 6, 6], [4, 2, 3, 3], [4]], [scale, 1 / scale, 1], gradient,
                    x => x[0].Conv2d(x[1], x[2], padding: 1));
                yield return new($"Gather at {scale}, gradient {gradient}", [[4, 5]], [scale], gradient, x => x[0].Gather(Tensor.From(1, 1, 3, 1, 0, 1)));
                yield return new(
                    $"Scaled norm at {scale}, gradient {gradient}", [[2, 6, 5], [5], [5]], [scale, 1, 1], gradient, x => (x[0].LayerNorm() * x[1]) + x[2]);
            }
        }
    }

    private static IEnumerable<ScaleCase> Attentions()
    {
        (double Q, double K, double V, double Gradient)[] scales =
        [
            (1, 1, 1, 1), (1e20, 1e20, 1, 1), (1e30, 1e30, 1, 1e-20), (1e20, 1e-20, 1, 1), (1e-30, 1e-30, 1, 1), (1e10, 1e10, 1e30, 1e-30),
                (1e19, 1e19, 1e19, 1e19),
            (1, 1, 1e25, 1e-25), (1, 1, 1e-25, 1e-13), (1e-20, 1e20, 1e-20, 1e-30), (1e3, 1e3, 1, 1), (1e38, 1e38, 1e38, 1e-30), (1, 1e-30, 1e30, 1e30),
        ];
        foreach (var (q, k, v, gradient) in scales)
        {
            foreach (var (queries, keys, heads, groups) in ((int, int, int, int)[])[(1, 1, 1, 1), (5, 1, 2, 1), (3, 7, 2, 2), (7, 7, 2, 1)])
            {
                foreach (bool causal in (bool[])[false, true])
                {
                    if (causal && queries > keys)
                        continue;
                    yield return new(
                        $"Attention {queries} {keys} {heads} {groups} {causal} at {q}, {k}, {v}, gradient {gradient}",
                        [[2, queries, heads, 4], [2, keys, groups, 4], [2, keys, groups, 4]], [q, k, v], gradient,
                        x => x[0].Attention(x[1], x[2], causal));
                }
            }
        }
    }

    private static IEnumerable<ScaleCase> Each(string name, Shape shape, Func<Tensor, Tensor> apply)
    {
        foreach (double scale in Scales)
        {
            foreach (double gradient in GradientScales)
                yield return new($"{name} {shape} at {scale}, gradient {gradient}", [shape], [scale], gradient, x => apply(x[0]));
        }
    }
}
