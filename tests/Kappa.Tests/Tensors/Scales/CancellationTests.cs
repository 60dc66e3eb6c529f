using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Scales;

/// <summary>What is left when nearly everything cancels: a variance far from zero, a loss near zero, a probability near one.</summary>
public sealed class CancellationTests
{
    private static readonly double[] Offsets = [0, 1e3, -1e5, 1e6, 1e7];

    private static readonly (string Name, Func<Tensor, Tensor> Normalize, Func<double[], int, int, double[]> Reference, Shape Shape)[] Norms =
    [
        ("LayerNorm", x => x.LayerNorm(), (x, rows, columns) => ByRows(x, rows, columns, 1e-5), [5, 6]),
        ("LayerNorm of long rows", x => x.LayerNorm(0), (x, rows, columns) => ByRows(x, rows, columns, 0), [2, 10_000]),
        ("BatchNorm of vectors", x => x.BatchNorm(null, null), (x, rows, columns) => ByColumns(x, rows, columns, 1e-5), [6, 5]),
        ("BatchNorm of many vectors", x => x.BatchNorm(null, null, 0), (x, rows, columns) => ByColumns(x, rows, columns, 0), [20_000, 3]),
        ("BatchNorm of images", x => x.Transpose().Reshape([1, x.Shape[1], x.Shape[0], 1]).BatchNorm(null, null).Reshape([x.Shape[1], x.Shape[0]]).Transpose(),
            (x, rows, columns) => ByColumns(x, rows, columns, 1e-5), [24, 7]),
    ];

    public static TheoryData<string, double> NormCases
    {
        get
        {
            var data = new TheoryData<string, double>();
            foreach (var (name, _, _, _) in Norms)
            {
                foreach (double offset in Offsets)
                    data.Add(name, offset);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(NormCases))]
    public void A_variance_far_from_zero_keeps_its_digits(string name, double offset)
    {
        using var scope = TensorScope.Begin();
        var (_, normalize, reference, shape) = Norms.Single(entry => entry.Name == name);
        // Whole numbers beside the offset, which float32 holds exactly.
        var generator = new Philox(3);
        float[] values = [.. Enumerable.Range(0, shape.Count).Select(_ => (float)(offset + Math.Floor(generator.NextDouble() * 8)))];
        var (single, exact) = (Tensor.From(values, shape), Tensor.From(values, shape).To(DataType.Float64));
        foreach (var x in (Tensor[])[single, exact])
            x.RequiresGradient = true;
        var (y, yExact) = (normalize(single), normalize(exact));
        double[] expected = reference([.. values.Select(value => (double)value)], shape[0], shape[1]);
        AssertClose(expected, y, 3e-7, $"{name} at {offset}");
        AssertClose(expected, yExact, 1e-9, $"{name} at {offset} in double");
        var gradient = Tensor.Normal(y.Shape, new Philox(5));
        y.Backward(gradient);
        yExact.Backward(gradient.To(DataType.Float64));
        AssertClose(exact.Gradient!.ToArray<double>(), single.Gradient!, 1e-6, $"{name} at {offset}, gradient");
    }

    [Theory]
    [InlineData(1e6)]
    [InlineData(1e7)]
    public void Batch_normalisation_evaluates_with_running_statistics_far_from_zero(double offset)
    {
        using var scope = TensorScope.Begin();
        var layer = new BatchNorm1d(1, momentum: 1);
        var x = Tensor.From([.. Enumerable.Range(0, 4).Select(i => (float)(offset + i))], [4, 1]);
        double[] expected = [-1.3416407, -0.4472136, 0.4472136, 1.3416407];
        AssertClose(expected, layer.Forward(x), 1e-5, "training");
        Assert.Equal(5.0 / 3, layer.RunningVariance.ElementAsDouble(0), 1e-6);
        layer.Eval();
        double mean = layer.RunningMean.ElementAsDouble(0), scale = 1 / Math.Sqrt((5.0 / 3) + 1e-5);
        AssertClose([.. Enumerable.Range(0, 4).Select(i => (offset + i - mean) * scale)], layer.Forward(x), 1e-6, "evaluation");
    }

    [Fact]
    public void A_variance_beyond_the_range_trains_and_is_not_evaluated_with()
    {
        using var scope = TensorScope.Begin();
        var layer = new BatchNorm1d(1);
        AssertClose([-1.4142136, 0.7071068, 0.7071068], layer.Forward(Tensor.From([-2e25f, 1e25f, 1e25f], [3, 1])), 1e-6, "training");
        layer.Eval();
        var error = Assert.Throws<NonFiniteException>(() => layer.Forward(Tensor.Ones([3, 1])));
        Assert.Contains("running_var of channel 0 is infinite", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(14)]
    [InlineData(18)]
    [InlineData(40)]
    [InlineData(80)]
    public void Losses_and_gradients_near_certainty_keep_their_digits(double gap)
    {
        using var scope = TensorScope.Begin();
        // One class ahead of three others by gaps that differ.
        float[] values = [0, (float)-gap, (float)(-gap - 0.5), (float)(-gap - 0.25)];
        double[] others = [.. values.Skip(1).Select(value => Math.Exp(value))];
        double rest = others.Sum(), loss = LogOfOnePlus(rest);
        double[] p = [1 / (1 + rest), .. others.Select(value => value / (1 + rest))];
        double[] gradient = [-rest / (1 + rest), .. p.Skip(1)];

        var logits = Leaf(values);
        var crossEntropy = Loss.CrossEntropy(logits, Tensor.From(0));
        AssertRelative([loss], crossEntropy, "loss");
        crossEntropy.Backward();
        AssertRelative(gradient, logits.Gradient!, "gradient of the loss");

        var again = Leaf(values);
        var logarithm = again.LogSoftmax();
        AssertRelative([-loss], logarithm.Slice(1, 0, 1), "log softmax");
        (-1 * logarithm.Slice(1, 0, 1)).Sum().Backward();
        AssertRelative(gradient, again.Gradient!, "gradient of log softmax");

        // d p[0] = p[0] (t[0] - p.t), for softmax alone and along the tangent 1, 2, 3, 4.
        double[] t = [1, 2, 3, 4];
        double change = -Enumerable.Range(1, 3).Sum(i => p[i] * (t[i] - t[0]));
        var direction = Tensor.From([1f, 2, 3, 4], [1, 4]);
        var third = Leaf(values);
        AssertRelative([p[0] * change], Differentiate.Jvp(() => third.Softmax().Slice(1, 0, 1), [third], [direction]).Tangent, "tangent of softmax");
        AssertRelative([change], Differentiate.Jvp(() => third.LogSoftmax().Slice(1, 0, 1), [third], [direction]).Tangent, "tangent of log softmax");
        AssertRelative([-change], Differentiate.Jvp(() => Loss.CrossEntropy(third, Tensor.From(0)), [third], [direction]).Tangent, "tangent of the loss");
        third.Softmax().Backward(direction);
        double mean = change;
        AssertRelative([p[0] * mean, .. Enumerable.Range(1, 3).Select(i => p[i] * (t[i] - t[0] + mean))], third.Gradient!, "gradient of softmax");

        // The Hessian, diag(p) - p p^T, times t.
        var product = Differentiate.HessianVectorProduct(() => Loss.CrossEntropy(third, Tensor.From(0)), [third], [direction]).Products[0];
        AssertRelative([p[0] * mean, .. Enumerable.Range(1, 3).Select(i => p[i] * (t[i] - t[0] + mean))], product, "Hessian product of the loss");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(60)]
    public void The_gradient_of_attention_to_one_key_above_all_keeps_its_digits(double gap)
    {
        using var scope = TensorScope.Begin();
        // Scores 0, -gap and -gap - 1.
        Tensor[] Inputs(DataType type) =>
        [
            Tensor.From([1.0, 0], [1, 1, 1, 2]).To(type),
                Tensor.From([0, 1, (float)(-gap * Math.Sqrt(2)), 2, (float)((-gap - 1) * Math.Sqrt(2)), 3], [1, 3, 1, 2]).To(type),
            Tensor.From([0.3, 0.7, -0.2, 0.4, 0.9, 0.1], [1, 3, 1, 2]).To(DataType.Float32).To(type),
        ];
        var (single, exact) = (Inputs(DataType.Float32), Inputs(DataType.Float64));
        foreach (var inputs in (Tensor[][])[single, exact])
        {
            foreach (var input in inputs)
                input.RequiresGradient = true;
            inputs[0].Attention(inputs[1], inputs[2]).Backward(Tensor.From([1.0, 2], [1, 1, 1, 2]).To(inputs[0].DataType));
        }

        for (int i = 0; i < 3; i++)
            AssertRelative(exact[i].Gradient!.ToArray<double>(), single[i].Gradient!, $"gradient {i}");
    }

    [Fact]
    public void A_mean_over_rows_of_one_value_is_that_value()
    {
        foreach (int n in (int[])[3, 7, 49, 1001])
        {
            using var scope = TensorScope.Begin();
            Assert.Equal(0.1, Tensor.Full([n], 0.1, DataType.Float64).Mean().ToDouble(), 3e-17);
            Assert.All(Tensor.Full([n, 3], 0.1).LayerNorm().ToArray<float>(), value => Assert.Equal(0, value));
            Assert.All(Tensor.Full([n, 3], 0.1).BatchNorm(null, null, 1e-12).ToArray<float>(), value => Assert.Equal(0, value));
        }
    }

    private static Tensor Leaf(float[] values)
    {
        var tensor = Tensor.From(values, [1, values.Length]);
        tensor.RequiresGradient = true;
        return tensor;
    }

    private static double[] ByRows(double[] x, int rows, int columns, double epsilon) =>
        [.. Enumerable.Range(0, rows).SelectMany(row => Normal([.. x.Skip(row * columns).Take(columns)], epsilon))];

    private static double[] ByColumns(double[] x, int rows, int columns, double epsilon)
    {
        double[][] normal = [
            .. Enumerable.Range(0, columns).Select(column => Normal([.. Enumerable.Range(0, rows).Select(row => x[(row * columns) + column])], epsilon))];
        return [.. Enumerable.Range(0, rows * columns).Select(i => normal[i % columns][i / columns])];
    }

    /// <summary>With the first value taken out, the mean and variance of small numbers.</summary>
    private static double[] Normal(double[] x, double epsilon)
    {
        double mean = x.Average(value => value - x[0]);
        double variance = x.Average(value => (value - x[0] - mean) * (value - x[0] - mean));
        return [.. x.Select(value => (value - x[0] - mean) / Math.Sqrt(variance + epsilon))];
    }

    private static double LogOfOnePlus(double x) => x < 1e-4 ? x - (x * x / 2) + (x * x * x / 3) : Math.Log(1 + x);

    private static void AssertClose(double[] expected, Tensor actual, double tolerance, string what)
    {
        double[] values = actual.To(DataType.Float64).ToArray<double>();
        double size = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance * size, $"{what}: expected {expected[i]:R}, got {values[i]:R} at {i}");
    }

    /// <summary>Each element by itself: logits have an error of their own of some roundings, which exp shows.</summary>
    private static void AssertRelative(double[] expected, Tensor actual, string what)
    {
        double[] values = actual.To(DataType.Float64).ToArray<double>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - values[i]) <= (2e-5 * Math.Abs(expected[i])) + 1e-37, $"{what}: expected {expected[i]:R}, got {values[i]:R} at {i}");
        }
    }
}
