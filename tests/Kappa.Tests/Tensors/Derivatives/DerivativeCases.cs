using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Tests.Tensors.Derivatives;

/// <summary>The registry of differentiable functions. A new operation gets a row here; a test fails until it has one.</summary>
public static partial class DerivativeCases
{
    private static readonly Shape[] Anywhere = [[], [1], [7], [3, 5], [2, 1, 3], [0], [2, 0, 3], [1, 1, 1, 1, 1, 2]];

    private static readonly (Shape A, Shape B)[] Broadcasts =
    [
        ([], []), ([3], [3]), ([2, 3], [2, 3]), ([2, 3], [3]), ([3], [2, 3]), ([2, 3], [2, 1]), ([2, 1], [2, 3]), ([2, 1], [1, 3]), ([1, 3], [2, 1]),
        ([2, 3], []), ([], [2, 3]), ([1], [2, 3]), ([1, 1], [3]), ([2, 1, 4], [3, 1]), ([4, 1, 1], [1, 2, 3]), ([2, 3, 4], [1, 3, 1]), ([2, 3, 4], [2, 1, 4]),
        ([2, 1, 2, 1, 2, 1], [1, 2, 1, 2, 1, 2]), ([0], [1]), ([0, 3], [3]), ([1], [0]), ([2, 0], [2, 1]), ([2, 1, 3], [0, 1]), ([2, 1], [2, 0]),
    ];

    private static readonly DerivativeCase[] Registered = [
        .. Elementwise(), .. Arithmetic(), .. Matrices(), .. Linear(), .. Reductions(), .. Movement(), .. Sequences(), .. Losses(), .. Convolutions(),
        .. Pooling(), .. Channels(), .. ElementLosses(), .. Selections(), .. Rearrangements(), .. Contractions()];

    public static IReadOnlyList<DerivativeCase> All => Registered;

    public static TheoryData<string> Names => [.. Registered.Select(entry => entry.Name)];

    public static TheoryData<string> FusedNames => [.. Registered.Where(entry => entry.Decomposition is not null).Select(entry => entry.Name)];

    public static DerivativeCase Named(string name) => Registered.Single(entry => entry.Name == name);

    private static IEnumerable<DerivativeCase> Elementwise()
    {
        (string Name, Func<Tensor, Tensor> Apply, Domain Domain)[] functions =
        [
            (nameof(Tensor.Exp), x => x.Exp(), Domain.AwayFromZero),
            (nameof(Tensor.Log), x => x.Log(), Domain.Positive),
            (nameof(Tensor.Sqrt), x => x.Sqrt(), Domain.Positive),
            (nameof(Tensor.Square), x => x.Square(), Domain.AwayFromZero),
            (nameof(Tensor.Abs), x => x.Abs(), Domain.AwayFromZero),
            (nameof(Tensor.Reciprocal), x => x.Reciprocal(), Domain.AwayFromZero),
            (nameof(Tensor.Relu), x => x.Relu(), Domain.AwayFromZero),
            (nameof(Tensor.Tanh), x => x.Tanh(), Domain.AwayFromZero),
            (nameof(Tensor.Sigmoid), x => x.Sigmoid(), Domain.AwayFromZero),
            (nameof(Tensor.Gelu), x => x.Gelu(), Domain.AwayFromZero),
            (nameof(Tensor.Erf), x => x.Erf(), Domain.AwayFromZero),
            (nameof(Tensor.Sin), x => x.Sin(), Domain.AwayFromZero),
            (nameof(Tensor.Cos), x => x.Cos(), Domain.AwayFromZero),
            (nameof(Tensor.Cast), x => (x.Cast(DataType.Float64) * 3).Sin().Cast(x.DataType), Domain.AwayFromZero),
            (nameof(Tensor.Silu), x => x.Silu(), Domain.AwayFromZero),
            (nameof(Tensor.SquaredRelu), x => x.SquaredRelu(), Domain.AwayFromZero),
            ("op_UnaryNegation", x => -x, Domain.AwayFromZero),
            ("Identity", x => UnaryNode.Apply(UnaryKernel.Identity, x), Domain.AwayFromZero),
            ("op_Addition", x => x + 1.5, Domain.AwayFromZero),
            ("op_Subtraction", x => x - 1.5, Domain.AwayFromZero),
            ("op_Multiply", x => x * -2.5, Domain.AwayFromZero),
            ("op_Multiply", x => 0.75 * x, Domain.AwayFromZero),
            ("op_Division", x => x / 3, Domain.AwayFromZero),
        ];
        int number = 0;
        foreach (var (name, apply, domain) in functions)
        {
            number++;
            foreach (var shape in Anywhere)
                yield return new($"{number} {name} {shape}", name, [shape], x => apply(x[0])) { Domain = domain };
        }
    }

    private static IEnumerable<DerivativeCase> Arithmetic()
    {
        (string Name, Func<Tensor, Tensor, Tensor> Apply)[] functions =
        [
            ("op_Addition", (a, b) => a + b), ("op_Subtraction", (a, b) => a - b), ("op_Multiply", (a, b) => a * b), ("op_Division", (a, b) => a / b),
        ];
        foreach (var (name, apply) in functions)
        {
            foreach (var (a, b) in Broadcasts)
                yield return new($"{name} {a} {b}", name, [a, b], x => apply(x[0], x[1]));
            yield return new($"{name} with itself", name, [[2, 3]], x => apply(x[0], x[0]));
        }
    }

    private static IEnumerable<DerivativeCase> Matrices()
    {
        (int M, int K, int N)[] sizes = [(2, 3, 4), (1, 5, 1), (1, 1, 1), (5, 1, 3), (9, 17, 6), (0, 3, 2), (2, 0, 3), (2, 3, 0)];
        foreach (var (m, k, n) in sizes)
        {
            foreach (bool transposeA in (bool[])[false, true])
            {
                foreach (bool transposeB in (bool[])[false, true])
                {
                    Shape a = transposeA ? [k, m] : [m, k];
                    Shape b = transposeB ? [n, k] : [k, n];
                    yield return new($"MatMul {a}{(transposeA ? "T" : "")} {b}{(transposeB ? "T" : "")}", nameof(Tensor.MatMul), [a, b],
                        x => x[0].MatMul(x[1], transposeA, transposeB))
                    {
                        Decomposition = x => (transposeA ? x[0].Transpose() : x[0]).MatMul(transposeB ? x[1].Transpose() : x[1]),
                    };
                }
            }
        }

        foreach (bool transposeB in (bool[])[false, true])
            yield return new($"MatMul with itself {transposeB}", nameof(Tensor.MatMul), [[3, 3]], x => x[0].MatMul(x[0], transposeB: transposeB));
        foreach (Shape shape in (Shape[])[[2, 3], [1, 4], [4, 1], [2, 3, 4], [2, 1, 17, 18], [0, 3], [2, 3, 0]])
            yield return new($"Transpose {shape}", nameof(Tensor.Transpose), [shape], x => x[0].Transpose());
    }

    private static IEnumerable<DerivativeCase> Linear()
    {
        foreach (var activation in Enum.GetValues<Activation>())
        {
            foreach (var (n, inputs, outputs) in ((int, int, int)[])[(4, 3, 5), (1, 1, 1), (3, 17, 9), (0, 3, 2)])
            {
                yield return new($"Linear {activation} {n} {inputs} {outputs}", nameof(Tensor.Linear), [[n, inputs], [outputs, inputs], [outputs]],
                    x => x[0].Linear(x[1], x[2], activation))
                {
                    Decomposition = x => Activate(x[0].MatMul(x[1], transposeB: true) + x[2], activation),
                };
                yield return new($"Linear {activation} {n} {inputs} {outputs} without bias", nameof(Tensor.Linear), [[n, inputs], [outputs, inputs]],
                    x => x[0].Linear(x[1], null, activation))
                {
                    Decomposition = x => Activate(x[0].MatMul(x[1], transposeB: true), activation),
                };
            }

            yield return new($"Linear {activation} of its own weight", nameof(Tensor.Linear), [[3, 3], [3]], x => x[0].Linear(x[0], x[1], activation));
        }
    }

    private static IEnumerable<DerivativeCase> Reductions()
    {
        foreach (Shape shape in Anywhere)
        {
            yield return new($"Sum {shape}", nameof(Tensor.Sum), [shape], x => x[0].Sum());
            if (shape.Count > 0)
                yield return new($"Mean {shape}", nameof(Tensor.Mean), [shape], x => x[0].Mean());
            for (int axis = -shape.Rank; axis < shape.Rank; axis++)
            {
                foreach (bool keep in (bool[])[false, true])
                {
                    int over = axis;
                    yield return new($"Sum {shape} over {axis} {keep}", nameof(Tensor.Sum), [shape], x => x[0].Sum(over, keep));
                    if (shape[axis] == 0)
                        continue;
                    yield return new($"Mean {shape} over {axis} {keep}", nameof(Tensor.Mean), [shape], x => x[0].Mean(over, keep));
                    yield return new($"Max {shape} over {axis} {keep}", nameof(Tensor.Max), [shape], x => x[0].Max(over, keep)) { Domain = Domain.Distinct };
                }
            }
        }

        foreach (Shape shape in (Shape[])[[1], [7], [3, 5], [2, 3, 4], [3, 1], [0, 3]])
        {
            yield return new($"Softmax {shape}", nameof(Tensor.Softmax), [shape], x => x[0].Softmax()) { Decomposition = x => x[0]
                .Exp() / x[0].Exp().Sum(-1, keepAxis: true) };
            yield return new($"LogSoftmax {shape}", nameof(Tensor.LogSoftmax), [shape], x => x[0].LogSoftmax()) { Decomposition = x => x[0] - x[0]
                .Exp().Sum(-1, keepAxis: true).Log() };
        }
    }

    private static IEnumerable<DerivativeCase> Movement()
    {
        foreach (var (from, to) in ((Shape, Shape)[])[([2, 3], [3, 2]), ([6], [1, 6, 1]), ([], [1, 1]), ([1], []), ([0, 3], [3, 2, 0])])
            yield return new($"Reshape {from} {to}", nameof(Tensor.Reshape), [from], x => x[0].Reshape(to));
        foreach (var (shape, axis, start, length) in ((Shape, int, int, int)[])[([5], 0, 1, 3), ([3, 4], 0, 2, 1), ([3, 4], -1, 0, 2), ([2, 3, 4], 1, 1, 2),
            ([2, 3], 1, 0, 3), ([2, 3], 0, 1, 0), ([0, 3], 1, 1, 1)])
        {
            yield return new($"Slice {shape} {axis} {start} {length}", nameof(Tensor.Slice), [shape], x => x[0].Slice(axis, start, length));
        }

        foreach (var (shape, rows, indices) in ((Shape, Shape, int[])[])[([4, 3], [5], [0, 3, 3, 1, 0]), ([4], [2, 2], [2, 2, 2, 1]), ([3, 2, 2], [], [1]),
            ([3, 2], [0], []), ([2, 0], [3], [1, 1, 0])])
        {
            yield return new($"Gather {shape} {rows}", nameof(Tensor.Gather), [shape], x => x[0].Gather(Tensor.From(indices, rows).To(x[0].Device)));
        }

        yield return new("Gather a product", nameof(Tensor.Gather), [[4, 3]], x => (2.0 * x[0]).Gather(Tensor.From(1, 1, 2).To(x[0].Device)));
        foreach (var (axis, shapes) in ((int, Shape[])[])[(0, [[2], [3]]), (0, [[2, 3], [1, 3], [4, 3]]), (1, [[2, 3], [2, 1]]), (-2, [[2, 1, 3], [2, 2, 3]]),
            (1, [[2, 0], [2, 3]]), (0, [[3]]), (0, [[0, 2], [0, 2]])])
        {
            yield return new($"Concat {axis} of {string.Join(' ', shapes)}", nameof(Tensor.Concat), shapes, x => Tensor.Concat(axis, x));
        }

        yield return new("Concat with itself", nameof(Tensor.Concat), [[2, 3]], x => Tensor.Concat(0, x[0], x[0], 2.0 * x[0]));
    }

    private static IEnumerable<DerivativeCase> Sequences()
    {
        foreach (Shape shape in (Shape[])[[1], [7], [3, 5], [2, 3, 40], [0, 3]])
        {
            yield return new($"RmsNorm {shape}", nameof(Tensor.RmsNorm), [shape], x => x[0].RmsNorm(0.1)) { Decomposition = x =>
                x[0] / (x[0].Square().Mean(-1, keepAxis: true) + 0.1).Sqrt() };
            yield return new($"LayerNorm {shape}", nameof(Tensor.LayerNorm), [shape], x => x[0].LayerNorm(0.1))
            {
                Decomposition = x =>
                {
                    var centred = x[0] - x[0].Mean(-1, keepAxis: true);
                    return centred / (centred.Square().Mean(-1, keepAxis: true) + 0.1).Sqrt();
                },
            };
        }

        foreach (Shape shape in (Shape[])[[1, 1, 1, 2], [2, 3, 2, 4], [1, 5, 3, 34]])
        {
            var angles = Tensor.Normal([shape[1] + 1, shape[3] / 2], new Kappa.Randomness.Philox(5), type: DataType.Float64).Keep();
            Tensor Table(Tensor like, Func<double, double> function) =>
                Tensor.From(Array.ConvertAll(angles.ToArray<double>(), x => function(x)), angles.Shape).To(like.DataType).To(like.Device);
            yield return new(
                $"Rotate {shape}", nameof(Tensor.Rotate), [shape], x => x[0].Rotate(Table(x[0], Math.Cos), Table(x[0], Math.Sin)));
        }

        // Batch, queries, keys, heads, key heads, width.
        foreach (var (b, t, s, h, g, d) in ((int, int, int, int, int, int)[])[(1, 1, 1, 1, 1, 1), (2, 3, 3, 2, 2, 3), (1, 4, 4, 4, 2, 2), (1, 3, 5, 2, 1, 3),
            (1, 66, 66, 1, 1, 1), (0, 3, 3, 2, 2, 3)])
        {
            foreach (bool causal in (bool[])[false, true])
            {
                yield return new($"Attention {b} {t} {s} {h} {g} {d} {causal}", nameof(Tensor.Attention), [[b, t, h, d], [b, s, g, d], [b, s, g, d]],
                    x => x[0].Attention(x[1], x[2], causal))
                {
                    Decomposition = b == 0 ? null : x => PlainAttention(x[0], x[1], x[2], causal),
                };
            }
        }

        yield return new("Attention of a tensor to itself", nameof(Tensor.Attention), [[2, 4, 2, 3]], x => x[0].Attention(x[0], x[0], causal: true));
        yield return new("Attention with keys that are the values", nameof(Tensor.Attention), [[1, 3, 4, 2], [1, 3, 2, 2]], x => x[0].Attention(x[1], x[1]));
    }

    private static Tensor PlainAttention(Tensor q, Tensor k, Tensor v, bool causal)
    {
        var (batch, queries, heads, width) = (q.Shape[0], q.Shape[1], q.Shape[2], q.Shape[3]);
        int keys = k.Shape[1];
        var mask = Tensor.Zeros([queries, keys], q.DataType);
        for (int i = 0; i < queries * keys; i++)
        {
            if (causal && i % keys > (i / keys) + keys - queries)
                mask.Values<double>()[i] = -1e30;
        }

        Tensor Head(Tensor x, int b, int head) => x.Slice(0, b, 1).Slice(2, head, 1).Reshape([x.Shape[1], width]);
        Tensor OfHead(int b, int h)
        {
            int group = h / (heads / k.Shape[2]);
            var scores = (Head(q, b, h).MatMul(Head(k, b, group), transposeB: true) / Math.Sqrt(width)) + mask;
            return scores.Softmax().MatMul(Head(v, b, group)).Reshape([1, queries, 1, width]);
        }

        return Tensor.Concat(0, [.. Enumerable.Range(0, batch).Select(b => Tensor.Concat(2, [.. Enumerable.Range(0, heads).Select(h => OfHead(b, h))]))]);
    }

    private static IEnumerable<DerivativeCase> Losses()
    {
        foreach (Shape shape in (Shape[])[[], [1], [7], [3, 5]])
        {
            yield return new($"MeanSquaredError {shape}", nameof(Loss.MeanSquaredError), [shape, shape],
                x => Loss.MeanSquaredError(x[0], x[1])) { Decomposition = x => (x[0] - x[1]).Square().Mean() };
        }

        foreach (var (n, classes) in ((int, int)[])[(1, 1), (1, 4), (6, 5), (3, 17)])
        {
            int[] labels = [.. Enumerable.Range(0, n).Select(i => (i * 7) % classes)];
            yield return new($"CrossEntropy {n} {classes}", nameof(Loss.CrossEntropy), [[n, classes]],
                x => Loss.CrossEntropy(x[0], Tensor.From(labels).To(x[0].Device)))
            {
                Decomposition = x =>
                    -x[0].LogSoftmax().Reshape([n * classes]).Gather(Tensor.From([.. labels.Select((label, row) => (row * classes) + label)])).Mean(),
            };
            double[] weights = [.. Enumerable.Range(0, classes).Select(c => c == 3 ? 0 : 0.5 + (0.25 * c))];
            foreach (var options in (CrossEntropyOptions[])
            [
                new() { IgnoreIndex = n > 1 ? labels[1] : -100 }, new() { LabelSmoothing = 0.2 }, new() { LabelSmoothing = 1 },
                    new() { ClassWeights = weights },
                new() { IgnoreIndex = n > 1 ? labels[1] : null, LabelSmoothing = 0.3, ClassWeights = weights },
            ])
            {
                string variant = $"ignoring {options.IgnoreIndex}, smoothing {options.LabelSmoothing}, {(options.ClassWeights is null ? "plain" : "weighed")}";
                yield return new($"CrossEntropy {n} {classes} {variant}", nameof(Loss.CrossEntropy), [[n, classes]],
                    x => Loss.CrossEntropy(x[0], Tensor.From(labels).To(x[0].Device), options))
                {
                    Decomposition = x => PlainCrossEntropy(x[0], labels, options),
                };
            }
        }
    }

    /// <summary>By the definition: shares of each class, times minus the logarithm of softmax.</summary>
    private static Tensor PlainCrossEntropy(Tensor logits, int[] labels, CrossEntropyOptions options)
    {
        int classes = logits.Shape[1];
        double[] weights = options.ClassWeights is { } given ? [.. given] : [.. Enumerable.Repeat(1.0, classes)];
        double[] shares = new double[logits.Count];
        double total = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] == options.IgnoreIndex)
                continue;
            total += weights[labels[row]];
            for (int c = 0; c < classes; c++)
            {
                shares[(row * classes) + c] = (options.LabelSmoothing / classes * weights[c])
                    + (c == labels[row] ? (1 - options.LabelSmoothing) * weights[c] : 0);
            }
        }

        return (logits.LogSoftmax() * Tensor.From(shares, logits.Shape)).Sum() / -total;
    }

    private static Tensor Activate(Tensor x, Activation activation) => activation switch
    {
        Activation.Identity => x,
        Activation.Relu => x.Relu(),
        Activation.Tanh => x.Tanh(),
        Activation.Sigmoid => x.Sigmoid(),
        Activation.Gelu => x.Gelu(),
        Activation.Silu => x.Silu(),
        Activation.SquaredRelu => x.SquaredRelu(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "write its decomposition here"),
    };
}
