using Kappa.Isometry;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Optimizers;

namespace Kappa.Tests.Isometry;

/// <summary>Penalties and measures of weights of any size, in single precision, against double.</summary>
public sealed class WeightScaleTests
{
    public static TheoryData<double, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<double, int, int>();
            foreach (double scale in new[] { 1e-40, 1e-30, 1e-25, 1e-12, 1, 1e5, 1e8, 1e11, 1e12 })
            {
                cases.Add(scale, 7, 5);
                cases.Add(scale, 5, 7);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_isometry_penalty_and_its_gradient_are_those_of_double_precision(double scale, int rows, int columns)
    {
        var single = Weight(rows, columns, scale);
        var two = single.To(DataType.Float64);
        Assert.Equal(1, GramPenalty.Value(single) / GramPenalty.Value(two), 1e-5);
        AssertClose(FakeGradients.Read(GramPenalty.Gradient(two)), FakeGradients.Read(GramPenalty.Gradient(single)), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [InlineData(1e20, 7, 5)]
    [InlineData(1e25, 7, 5)]
    [InlineData(1e30, 5, 7)]
    [InlineData(1e37, 5, 7)]
    public void The_bounded_isometry_step_is_that_of_double_precision(double scale, int rows, int columns)
    {
        foreach (var variant in new[] { IsometryVariant.Decoupled, IsometryVariant.NewtonSchulz })
        {
            foreach (double strength in new[] { 0.1, 1e5 })
            {
                double[][] results = [.. new[] { DataType.Float64, DataType.Float32 }.Select(type =>
                {
                    var weight = Weight(rows, columns, scale).To(type);
                    weight.RequiresGradient = true;
                    FakeGradients.Set(weight, Tensor.Zeros(weight.Shape, type));
                    var warnings = new List<string>();
                    new IsometryPenalty(
                        new SGD([new Parameter("p", weight)], 1e-3),
                        new IsometryOptions { Strength = strength, IncludeOutput = true, Variant = variant, OnWarning = warnings.Add }).Step();
                    Assert.DoesNotContain(warnings, warning => warning.Contains("is zero", StringComparison.Ordinal));
                    return FakeGradients.Read(weight);
                })];
                AssertClose(results[0], results[1], 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(1e-40)]
    [InlineData(1e-30)]
    [InlineData(1e-20)]
    [InlineData(1)]
    [InlineData(1e8)]
    [InlineData(1e12)]
    public void Spectral_regularisation_is_that_of_double_precision(double scale)
    {
        double[][] results = [.. new[] { DataType.Float64, DataType.Float32 }.Select(type =>
        {
            var weight = Weight(6, 4, scale).To(type);
            var bias = Weight(4, 1, scale).Reshape([4]).To(type);
            Parameter[] parameters = [new("weight", weight), new("bias", bias)];
            foreach (var (_, tensor) in parameters)
            {
                tensor.RequiresGradient = true;
                FakeGradients.Set(tensor, Tensor.Zeros(tensor.Shape, type));
            }

            double[] before = [.. parameters.SelectMany(parameter => FakeGradients.Read(parameter.Tensor))];
            var optimizer = new SpectralRegularization(
                new SGD(parameters, 1), new Philox(1), new SpectralRegularizationOptions { Strength = 0.125, Iterations = 30 });
            optimizer.Step();
            return parameters.SelectMany(parameter => FakeGradients.Read(parameter.Tensor)).Zip(before, (after, start) => after - start).ToArray();
        })];
        Assert.Contains(results[0], value => value != 0);
        AssertClose(results[0], results[1], 1e-4);
    }

    [Fact]
    public void A_penalty_whose_gradient_is_out_of_range_names_the_weight_and_changes_nothing()
    {
        foreach (string kind in new[] { "spectral", "coupled", "l2" })
        {
            var weight = Weight(6, 4, 1e20);
            weight.RequiresGradient = true;
            FakeGradients.Set(weight, Tensor.Ones(weight.Shape));
            double[] before = FakeGradients.Read(weight);
            Parameter[] parameters = [new("hidden.weight", weight)];
            var inner = new AdamW(parameters);
            Optimizer optimizer = kind switch
            {
                "spectral" => new SpectralRegularization(inner, new Philox(1)),
                "l2" => new L2(inner, 1e30),
                _ => new IsometryPenalty(inner, new IsometryOptions { Variant = IsometryVariant.Coupled, IncludeOutput = true }),
            };
            Assert.Contains(
                "the penalty's gradient of hidden.weight [6, 4] is out of the range of Float32", Assert.Throws<NonFiniteException>(optimizer.Step).Message);
            Assert.Equal(before, FakeGradients.Read(weight));
            Assert.Equal(0, optimizer.StepCount);
        }
    }

    [Theory]
    [InlineData(1e-30)]
    [InlineData(1e-20)]
    [InlineData(1e20)]
    [InlineData(1e30)]
    public void The_root_mean_square_of_a_layer_holds_at_any_scale(double scale)
    {
        var weight = Weight(6, 4, scale);
        double expected = Math.Sqrt(FakeGradients.Read(weight).Average(value => value * value));
        Assert.Equal(1, Scale.RootMeanSquare(weight) / expected, 1e-6);
    }

    private static Tensor Weight(int rows, int columns, double scale) =>
        (Tensor.Normal([rows, columns], new Philox(3), type: DataType.Float64) * scale).To(DataType.Float32);

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        double largest = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * largest, $"{i}: expected {expected[i]:G8}, got {actual[i]:G8}");
    }
}
