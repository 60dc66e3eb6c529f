using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Optimizers;

namespace Kappa.Tests.Preconditioning;

/// <summary>Activation preconditioning in single precision against double precision on the same numbers: inputs that depend on each other, damping down to
/// nothing, activations of any size.</summary>
public sealed class DoPrRangeTests
{
    public static TheoryData<string, string, double, double> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, double, double>();
            foreach (string layer in Layers.Keys)
            {
                foreach (string inputs in new[] { "equal", "dependent", "few-rows", "ordinary" })
                {
                    foreach (double gamma in new[] { 0.1, 1e-3, 2e-4, 1e-4, 4e-5, 1e-6, 1e-9, 1e-12 })
                        cases.Add(layer, inputs, gamma, 1);
                }

                foreach (double scale in new[] { 1e-30, 1e-25, 1e-15, 1e-9, 1e9, 1e15, 1e20, 1e25, 1e30 })
                {
                    cases.Add(layer, "ordinary", 0.1, scale);
                    cases.Add(layer, "equal", 1e-12, scale);
                }
            }

            return cases;
        }
    }

    private static Dictionary<string, DoPrOptions> Layers { get; } = new()
    {
        ["linear"] = new(),
        ["linear-dual"] = new() { Form = PreconditioningForm.Dual },
        ["linear-primal"] = new() { Form = PreconditioningForm.Primal },
        ["linear-trace"] = new() { Damping = DampingRule.RelativeToTrace, Form = PreconditioningForm.Primal },
        ["linear-bias"] = new() { IncludeBias = true },
        ["linear-bias-primal"] = new() { IncludeBias = true, Form = PreconditioningForm.Primal },
        ["linear-average"] = new() { MovingAverage = 0.9 },
        ["linear-refresh"] = new() { RefreshInterval = 3 },
        ["linear-parts"] = new(),
        ["linear-parts-primal"] = new() { Form = PreconditioningForm.Primal },
        ["conv-patches"] = new(),
        ["conv-patches-primal"] = new() { Form = PreconditioningForm.Primal },
        ["conv-channels"] = new() { Convolutions = ConvolutionStatistics.Channels },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_preconditioned_gradient_is_that_of_double_precision(string layer, string inputs, double gamma, double scale)
    {
        // The bias sees an input of 1, whatever the others are.
        var options = Layers[layer] with { Gamma = gamma, Floor = 0 };
        var (expected, _, _) = Run(layer, inputs, options, scale, DataType.Float64);
        var (actual, status, warnings) = Run(layer, inputs, options, scale, DataType.Float32);
        for (int i = 0; i < expected.Length; i++)
        {
            double largest = expected[i].Max(Math.Abs);
            Assert.True(largest > 0);
            for (int j = 0; j < expected[i].Length; j++)
            {
                Assert.True(Math.Abs(expected[i][j] - actual[i][j]) <= (gamma == 2e-4 ? 1e-2 : 2e-3) * largest,
                    $"step {i}, element {j}: expected {expected[i][j]:G6}, got {actual[i][j]:G6}; {status}");
            }
        }

        Assert.Equal(0, status.TimesLeftAsIs);
        Assert.Equal(status.TimesInDoublePrecision > 0, warnings.Count > 0);
        if (gamma == 0.1 && scale == 1)
            Assert.Equal(0, status.TimesInDoublePrecision);
        if (gamma <= 1e-9)
            Assert.Contains("DoPr solved weight in double precision, which is slower: ", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_equal_inputs_with_hardly_any_damping_share_the_step()
    {
        foreach (var form in Enum.GetValues<PreconditioningForm>())
        {
            var model = new Linear(2, 1, bias: false);
            using var optimizer = new DoPr(new SGD(model.Parameters(), 1), model, new DoPrOptions { Gamma = 1e-12, Floor = 0, Form = form });
            var column = Tensor.Normal([16, 1], new Philox(4));
            var z = Tensor.Concat(1, column, column);
            model.Forward(z).Backward(column * (0.6 / 16));
            Assert.All(model.Weight.Gradient!.ToArray<float>(), value => Assert.Equal(0.3f, value, 1e-4f));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1e-40, 0)]
    [InlineData(0, 1e-46)]
    [InlineData(1e-12, 0)]
    [InlineData(0.1, 1e-8)]
    public void Tokens_that_were_not_seen_keep_a_gradient_of_zero(double gamma, double floor)
    {
        var model = new Embedding(5, 3);
        using var optimizer = new DoPr(new SGD(model.Parameters(), 1), model, new DoPrOptions { Gamma = gamma, Floor = floor });
        model.Forward(Tensor.From([0, 0, 3])).Backward(Tensor.Ones([3, 3]));
        float[] gradient = model.Weight.Gradient!.ToArray<float>();
        double tau = (gamma / 5) + floor;
        for (int i = 0; i < 15; i++)
        {
            int uses = i / 3 is 0 ? 2 : i / 3 is 3 ? 1 : 0;
            Assert.Equal(uses / ((uses / 3.0) + tau + (uses == 0 ? 1 : 0)), gradient[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(PreconditioningForm.Dual)]
    [InlineData(PreconditioningForm.Primal)]
    public void Without_any_damping_dependent_inputs_leave_the_gradient_as_it_is_and_say_so(PreconditioningForm form)
    {
        foreach (var type in new[] { DataType.Float32, DataType.Float64 })
        {
            var warnings = new List<string>();
            var model = new Linear(4, 2, bias: false, type: type);
            using var optimizer = new DoPr(
                new SGD(model.Parameters(), 1), model, new DoPrOptions { Gamma = 0, Floor = 0, Form = form, OnWarning = warnings.Add });
            var z = Inputs("dependent", 12, 4, 1, type);
            var e = Tensor.Normal([12, 2], new Philox(9), type: type);
            model.Forward(z).Backward(e);
            double[] plain = FakeGradients.Read(e.MatMul(z, transposeA: true)), actual = FakeGradients.Read(model.Weight.Gradient!);
            for (int i = 0; i < plain.Length; i++)
                Assert.Equal(plain[i], actual[i], 1e-5);
            Assert.Contains("singular to the precision of double", Assert.Single(warnings), StringComparison.Ordinal);
        }
    }

    private static (double[][] Gradients, LayerStatus Status, List<string> Warnings) Run(
        string layer, string inputs, DoPrOptions options, double scale, DataType type)
    {
        bool isConvolution = layer.StartsWith("conv", StringComparison.Ordinal);
        int rows = inputs == "few-rows" ? 4 : 24;
        Module model = isConvolution ? new Conv2d(3, 5, 2, bias: false, type: type) : new Linear(8, 5, type: type);
        model.Initialize(new Philox(1));
        var warnings = new List<string>();
        using var optimizer = new DoPr(new SGD(model.Parameters(), 0), model, options with { OnWarning = warnings.Add });
        var results = new List<double[]>();
        for (int step = 0; step < 2; step++)
        {
            foreach (int part in layer.Contains("parts", StringComparison.Ordinal) ? new[] { 0, 1, 2 } : [0])
            {
                var generator = new Philox(8).Split((step * 10) + part);
                var z = Inputs(inputs, isConvolution ? rows * 9 : rows, isConvolution ? 3 : 8, scale, type, generator);
                var x = isConvolution ? z.Reshape([rows, 9, 3]).Transpose().Reshape([rows, 3, 3, 3]) : z;
                var y = model.Forward(x);
                y.Backward(Round(Tensor.Normal(y.Shape, generator.Split("e"), type: DataType.Float64)).To(type));
            }

            results.Add(
                [.. model.Parameters().Where(parameter => options.IncludeBias || parameter.Name == "weight")
                .SelectMany(parameter => FakeGradients.Read(parameter.Tensor.Gradient!))]);
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        return ([.. results], optimizer.Layers[0], warnings);
    }

    private static Tensor Inputs(string kind, int rows, int columns, double scale, DataType type, Philox? generator = null)
    {
        generator ??= new Philox(2);
        double[] z = FakeGradients.Read(Tensor.Normal([rows, columns], generator, 0.2, 1, DataType.Float64));
        for (int row = 0; row < rows; row++)
        {
            if (kind == "equal")
                z[(row * columns) + 1] = z[row * columns];
            if (kind == "dependent")
                z[(row * columns) + columns - 1] = (float)z[row * columns] + (float)z[(row * columns) + 1];
        }

        return Round(Tensor.From(z, [rows, columns]) * scale).To(type);
    }

    /// <summary>Numbers that single precision holds, so that both runs see the same.</summary>
    private static Tensor Round(Tensor x) => x.To(DataType.Float32).To(DataType.Float64);
}
