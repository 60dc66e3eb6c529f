using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu;

namespace Kappa.Tests.Tensors;

/// <summary>Values against loops in double precision, at sizes around the vector widths and around the chunk that parallel work is cut into.</summary>
public sealed class ForwardValueTests
{
    private static readonly int[] Sizes = [
        0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 257, CpuBackend.ChunkLength - 1, CpuBackend.ChunkLength, CpuBackend.ChunkLength + 1,
        (2 * CpuBackend.ChunkLength) + 17];

    private static readonly (string Name, Func<Tensor, Tensor> Apply, Func<double, double> Scalar)[] Functions =
    [
        ("Exp", x => x.Exp(), Math.Exp),
        ("Log", x => x.Abs().Log(), x => Math.Log(Math.Abs(x))),
        ("Sqrt", x => x.Abs().Sqrt(), x => Math.Sqrt(Math.Abs(x))),
        ("Square", x => x.Square(), x => x * x),
        ("Abs", x => x.Abs(), Math.Abs),
        ("Reciprocal", x => x.Reciprocal(), x => 1 / x),
        ("Relu", x => x.Relu(), x => Math.Max(x, 0)),
        ("Tanh", x => x.Tanh(), Math.Tanh),
        ("Sigmoid", x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x))),
        ("Gelu", x => x.Gelu(), x => x * NormalCdf(x)),
        ("Erf", x => x.Erf(), x => (2 * NormalCdf(Math.Sqrt(2) * x)) - 1),
        ("Sin", x => x.Sin(), Math.Sin),
        ("Cos", x => x.Cos(), Math.Cos),
        ("Silu", x => x.Silu(), x => x / (1 + Math.Exp(-x))),
        ("Negate", x => -x, x => -x),
        ("Affine", x => (x * 3) - 0.5, x => (3 * x) - 0.5),
        ("Quotient", x => x / 3, x => x / 3),
    ];

    private static readonly (string Name, Func<Tensor, Tensor, Tensor> Apply, Func<double, double, double> Scalar)[] BinaryFunctions =
    [
        ("Add", (a, b) => a + b, (a, b) => a + b), ("Subtract", (a, b) => a - b, (a, b) => a - b), ("Multiply", (a, b) => a * b, (a, b) => a * b),
            ("Divide", (a, b) => a / b, (a, b) => a / b),
    ];

    public static TheoryData<string, DataType> UnaryRows => Rows(Functions.Select(function => function.Name));

    public static TheoryData<string, DataType> BinaryRows => Rows(BinaryFunctions.Select(function => function.Name));

    [Theory]
    [MemberData(nameof(UnaryRows))]
    public void Functions_of_one_argument_agree_with_a_loop_at_every_size(string name, DataType type)
    {
        using var scope = TensorScope.Begin();
        var (_, apply, scalar) = Functions.Single(function => function.Name == name);
        foreach (int size in Sizes)
        {
            double[] x = Draw(size, 1);
            AssertClose([.. x.Select(scalar)], apply(Make(x, [size], type)), type, x, scale: 2);
        }
    }

    [Theory]
    [MemberData(nameof(BinaryRows))]
    public void Functions_of_two_arguments_agree_with_a_loop_at_every_size_and_broadcast(string name, DataType type)
    {
        using var scope = TensorScope.Begin();
        var (_, apply, scalar) = BinaryFunctions.Single(function => function.Name == name);
        foreach (int size in Sizes)
        {
            double[] a = Draw(size, 1);
            double[] b = Draw(size, 2);
            AssertClose([.. a.Zip(b, scalar)], apply(Make(a, [size], type), Make(b, [size], type)), type);
            AssertClose([.. a.Select(value => scalar(value, 0.75))], apply(Make(a, [size], type), Tensor.Scalar(0.75, type)), type);
            AssertClose([.. a.Select(value => scalar(0.75, value))], apply(Tensor.Scalar(0.75, type), Make(a, [size], type)), type);
            double[] rows = Draw(3, 3);
            AssertClose([.. rows.SelectMany(row => a.Select(value => scalar(row, value)))], apply(Make(rows, [3, 1], type), Make(a, [size], type)), type);
            AssertClose([.. a.SelectMany(value => rows.Select(row => scalar(value, row)))], apply(Make(a, [size, 1], type), Make(rows, [1, 3], type)), type);
        }
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void Reductions_agree_with_a_loop_over_any_axis(DataType type)
    {
        using var scope = TensorScope.Begin();
        foreach (var (outer, length, inner) in ((int, int, int)[])[(1, 1, 1), (3, 17, 1), (1, 33, 9), (2, 5, 16), (1, 40_000, 1), (3, 1, 4), (2, 0, 3),
            (0, 3, 2), (2, 3, 0), (2, 300, 70)])
        {
            double[] x = Draw(outer * length * inner, 4);
            var tensor = Make(x, [outer, length, inner], type);
            double At(int o, int i, int k) => x[(((o * length) + i) * inner) + k];
            var cells = Enumerable.Range(0, outer)
                .SelectMany(o => Enumerable.Range(0, inner).Select(k => Enumerable.Range(0, length).Select(i => At(o, i, k)).ToArray())).ToArray();
            AssertClose([.. cells.Select(cell => cell.Sum())], tensor.Sum(1), type, scale: Math.Sqrt(length));
            AssertClose([x.Sum()], tensor.Sum(), type, scale: Math.Sqrt(x.Length + 1));
            if (length == 0)
                continue;
            AssertClose([.. cells.Select(cell => cell.Average())], tensor.Mean(1), type);
            AssertClose([.. cells.Select(cell => cell.Max())], tensor.Max(1), type);
        }
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void Linear_layers_and_losses_agree_with_loops(DataType type)
    {
        using var scope = TensorScope.Begin();
        foreach (var (n, inputs, outputs) in ((int, int, int)[])[(1, 1, 1), (5, 17, 9), (64, 3, 33), (300, 20, 130), (0, 3, 2)])
        {
            var (x, w, b) = (Draw(n * inputs, 1), Draw(outputs * inputs, 2).Select(value => value / 32).ToArray(), Draw(outputs, 3));
            double[] expected = [.. Enumerable.Range(0, n * outputs)
                .Select(i => Math.Tanh(b[i % outputs] + Enumerable.Range(0, inputs).Sum(k => x[(i / outputs * inputs) + k] * w[(i % outputs * inputs) + k])))];
            var y = Make(x, [n, inputs], type).Linear(Make(w, [outputs, inputs], type), Make(b, [outputs], type), Activation.Tanh);
            AssertClose(expected, y, type, scale: 4);
            if (n == 0)
                continue;
            var target = Draw(n * outputs, 4);
            AssertClose([y.To(DataType.Float64).ToArray<double>().Zip(target, (p, t) => (p - t) * (p - t)).Average()],
                Loss.MeanSquaredError(y, Make(target, [n, outputs], type)), type, scale: 4);
            int[] labels = [.. Enumerable.Range(0, n).Select(i => i * 5 % outputs)];
            double[] logits = y.To(DataType.Float64).ToArray<double>();
            double entropy = Enumerable.Range(0, n)
                .Average(row => Math.Log(Enumerable.Range(0, outputs).Sum(j => Math.Exp(logits[(row * outputs) + j]))) - logits[(row * outputs) + labels[row]]);
            AssertClose([entropy], Loss.CrossEntropy(y, Tensor.From(labels)), type, scale: 40);
        }
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    [InlineData(DataType.Int32)]
    public void Moving_elements_moves_all_of_them_whatever_their_type(DataType type)
    {
        double[] x = [.. Enumerable.Range(0, 2 * 19 * 18).Select(i => (double)i)];
        var tensor = Make(x, [2, 19, 18], type);
        AssertSame([.. Enumerable.Range(0, x.Length).Select(i => x[(i / 342 * 342) + (i % 19 * 18) + (i % 342 / 19)])], tensor.Transpose());
        AssertSame([.. Enumerable.Range(0, 2 * 5 * 18).Select(i => x[(i / 90 * 342) + (3 * 18) + (i % 90)])], tensor.Slice(1, 3, 5));
        AssertSame(x, Tensor.Concat(2, tensor.Slice(2, 0, 7), tensor.Slice(2, 7, 0), tensor.Slice(2, 7, 11)));
        AssertSame([.. x.Skip(342), .. x.Take(342), .. x.Skip(342)], tensor.Gather(Tensor.From(1, 0, 1)));
        AssertSame(x, tensor.Reshape([18, 38]).Clone().To(DataType.Float64).To(type));
    }

    private static TheoryData<string, DataType> Rows(IEnumerable<string> names)
    {
        var rows = new TheoryData<string, DataType>();
        foreach (string name in names)
        {
            rows.Add(name, DataType.Float32);
            rows.Add(name, DataType.Float64);
        }

        return rows;
    }

    /// <summary>Floats of both signs between 0.05 and 4 in size.</summary>
    private static double[] Draw(int count, ulong seed)
    {
        var generator = new Philox(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)((0.05 + (3.95 * generator.NextDouble())) * (generator.NextInt32(2) == 0 ? -1 : 1)))];
    }

    private static Tensor Make(double[] values, Shape shape, DataType type) => Tensor.From(values, shape).To(type);

    private static void AssertSame(double[] expected, Tensor actual) => Assert.Equal(expected, actual.To(DataType.Float64).ToArray<double>());

    private static void AssertClose(double[] expected, Tensor actual, DataType type, double[]? arguments = null, double scale = 1)
    {
        Assert.Equal(type, actual.DataType);
        double[] got = actual.To(DataType.Float64).ToArray<double>();
        Assert.Equal(expected.Length, got.Length);
        double tolerance = (type == DataType.Float32 ? 6e-7 : 2e-15) * scale;
        for (int i = 0; i < got.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - got[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                $"{actual.Shape}: expected {expected[i]:R}, got {got[i]:R} at {i}{(arguments is null ? "" : $" for {arguments[i]:R}")}");
        }
    }

    /// <summary>By the series x sum x^(2 k) / (1 3 5 ... (2 k + 1)) (Marsaglia, 2004), independent of any library.</summary>
    private static double NormalCdf(double x)
    {
        double sum = x;
        double term = x;
        for (int k = 3; Math.Abs(term) > 1e-18; k += 2)
        {
            term *= x * x / k;
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI));
    }
}
