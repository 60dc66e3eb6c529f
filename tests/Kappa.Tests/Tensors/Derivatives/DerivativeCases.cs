using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Tests.Tensors.Derivatives;

/// <summary>The registry of differentiable functions. A new operation gets a row here; a test fails until it has one.</summary>
public static class DerivativeCases
{
    private static readonly Shape[] Anywhere = [[], [1], [7], [3, 5], [2, 1, 3], [0], [2, 0, 3], [1, 1, 1, 1, 1, 2]];

    private static readonly (Shape A, Shape B)[] Broadcasts =
    [
        ([], []), ([3], [3]), ([2, 3], [2, 3]), ([2, 3], [3]), ([3], [2, 3]), ([2, 3], [2, 1]), ([2, 1], [2, 3]), ([2, 1], [1, 3]), ([1, 3], [2, 1]),
        ([2, 3], []), ([], [2, 3]), ([1], [2, 3]), ([1, 1], [3]), ([2, 1, 4], [3, 1]), ([4, 1, 1], [1, 2, 3]), ([2, 3, 4], [1, 3, 1]), ([2, 3, 4], [2, 1, 4]),
        ([2, 1, 2, 1, 2, 1], [1, 2, 1, 2, 1, 2]), ([0], [1]), ([0, 3], [3]), ([1], [0]), ([2, 0], [2, 1]), ([2, 1, 3], [0, 1]), ([2, 1], [2, 0]),
    ];

    private static readonly DerivativeCase[] Registered = [.. Elementwise(), .. Arithmetic(), .. Matrices(), .. Linear(), .. Reductions(), .. Movement(), .. Losses()];

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
            (nameof(Tensor.Silu), x => x.Silu(), Domain.AwayFromZero),
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
                    yield return new($"MatMul {a}{(transposeA ? "T" : "")} {b}{(transposeB ? "T" : "")}", nameof(Tensor.MatMul), [a, b], x => x[0].MatMul(x[1], transposeA, transposeB))
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
                yield return new($"Linear {activation} {n} {inputs} {outputs}", nameof(Tensor.Linear), [[n, inputs], [outputs, inputs], [outputs]], x => x[0].Linear(x[1], x[2], activation))
                {
                    Decomposition = x => Activate(x[0].MatMul(x[1], transposeB: true) + x[2], activation),
                };
                yield return new($"Linear {activation} {n} {inputs} {outputs} without bias", nameof(Tensor.Linear), [[n, inputs], [outputs, inputs]], x => x[0].Linear(x[1], null, activation))
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
            yield return new($"Softmax {shape}", nameof(Tensor.Softmax), [shape], x => x[0].Softmax()) { Decomposition = x => x[0].Exp() / x[0].Exp().Sum(-1, keepAxis: true) };
            yield return new($"LogSoftmax {shape}", nameof(Tensor.LogSoftmax), [shape], x => x[0].LogSoftmax()) { Decomposition = x => x[0] - x[0].Exp().Sum(-1, keepAxis: true).Log() };
        }
    }

    private static IEnumerable<DerivativeCase> Movement()
    {
        foreach (var (from, to) in ((Shape, Shape)[])[([2, 3], [3, 2]), ([6], [1, 6, 1]), ([], [1, 1]), ([1], []), ([0, 3], [3, 2, 0])])
            yield return new($"Reshape {from} {to}", nameof(Tensor.Reshape), [from], x => x[0].Reshape(to));
        foreach (var (shape, axis, start, length) in ((Shape, int, int, int)[])[([5], 0, 1, 3), ([3, 4], 0, 2, 1), ([3, 4], -1, 0, 2), ([2, 3, 4], 1, 1, 2), ([2, 3], 1, 0, 3), ([2, 3], 0, 1, 0), ([0, 3], 1, 1, 1)])
            yield return new($"Slice {shape} {axis} {start} {length}", nameof(Tensor.Slice), [shape], x => x[0].Slice(axis, start, length));
        foreach (var (shape, rows, indices) in ((Shape, Shape, int[])[])[([4, 3], [5], [0, 3, 3, 1, 0]), ([4], [2, 2], [2, 2, 2, 1]), ([3, 2, 2], [], [1]), ([3, 2], [0], []), ([2, 0], [3], [1, 1, 0])])
            yield return new($"Gather {shape} {rows}", nameof(Tensor.Gather), [shape], x => x[0].Gather(Tensor.From(indices, rows)));
        yield return new("Gather a product", nameof(Tensor.Gather), [[4, 3]], x => (2.0 * x[0]).Gather(Tensor.From(1, 1, 2)));
        foreach (var (axis, shapes) in ((int, Shape[])[])[(0, [[2], [3]]), (0, [[2, 3], [1, 3], [4, 3]]), (1, [[2, 3], [2, 1]]), (-2, [[2, 1, 3], [2, 2, 3]]), (1, [[2, 0], [2, 3]]), (0, [[3]]), (0, [[0, 2], [0, 2]])])
            yield return new($"Concat {axis} of {string.Join(' ', shapes)}", nameof(Tensor.Concat), shapes, x => Tensor.Concat(axis, x));
        yield return new("Concat with itself", nameof(Tensor.Concat), [[2, 3]], x => Tensor.Concat(0, x[0], x[0], 2.0 * x[0]));
    }

    private static IEnumerable<DerivativeCase> Losses()
    {
        foreach (Shape shape in (Shape[])[[], [1], [7], [3, 5]])
        {
            yield return new($"MeanSquaredError {shape}", nameof(Loss.MeanSquaredError), [shape, shape], x => Loss.MeanSquaredError(x[0], x[1])) { Decomposition = x => (x[0] - x[1]).Square().Mean() };
        }

        foreach (var (n, classes) in ((int, int)[])[(1, 1), (1, 4), (6, 5), (3, 17)])
        {
            int[] labels = [.. Enumerable.Range(0, n).Select(i => (i * 7) % classes)];
            yield return new($"CrossEntropy {n} {classes}", nameof(Loss.CrossEntropy), [[n, classes]], x => Loss.CrossEntropy(x[0], Tensor.From(labels)))
            {
                Decomposition = x => -x[0].LogSoftmax().Reshape([n * classes]).Gather(Tensor.From([.. labels.Select((label, row) => (row * classes) + label)])).Mean(),
            };
        }
    }

    private static Tensor Activate(Tensor x, Activation activation) => activation switch
    {
        Activation.Identity => x,
        Activation.Relu => x.Relu(),
        Activation.Tanh => x.Tanh(),
        Activation.Sigmoid => x.Sigmoid(),
        Activation.Gelu => x.Gelu(),
        Activation.Silu => x.Silu(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "write its decomposition here"),
    };
}
