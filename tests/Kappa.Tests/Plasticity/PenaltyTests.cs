using Kappa.Networks;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Optimizers;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Tests.Plasticity;

public sealed class PenaltyTests
{
    [Fact]
    public void L2_adds_two_lambda_theta_to_the_gradient_unclipped()
    {
        var problem = new FakeGradients(DataType.Float64);
        double[][] before = problem.Values();
        double[][] gradients = problem.Draw(0);
        var optimizer = new L2(new SGD(problem.Parameters, 0.1), 0.3) { MaxGradientNorm = 0.5 };
        optimizer.Step();
        double norm = Math.Sqrt(gradients.Sum(g => g.Sum(x => x * x)));
        Assert.Equal(norm, optimizer.LastGradientNorm, 1e-9);
        problem.AssertValues(
            [.. before.Select((values, p) => values.Select((w, i) => w - (0.1 * ((gradients[p][i] * 0.5 / norm) + (0.6 * w)))).ToArray())], 1e-12);
        // What the user sees is the task's gradient.
        Assert.Equal(gradients[0], FakeGradients.Read(problem.Parameters[0].Tensor.Gradient!));
    }

    [Fact]
    public void L2_Init_adds_two_lambda_times_the_way_from_the_start()
    {
        var problem = new FakeGradients(DataType.Float64);
        double[][] start = problem.Values();
        var optimizer = new L2Init(new SGD(problem.Parameters, 0.1), 0.3);
        double[][] expected = problem.Values();
        for (int step = 0; step < 3; step++)
        {
            double[][] gradients = problem.Draw(step);
            expected = [.. expected.Select((values, p) => values.Select((w, i) => w - (0.1 * (gradients[p][i] + (0.6 * (w - start[p][i]))))).ToArray())];
            optimizer.Step();
        }

        problem.AssertValues(expected, 1e-12);
    }

    [Fact]
    public void Without_a_task_gradient_L2_Init_comes_back_to_the_start_and_L2_goes_to_zero()
    {
        foreach (bool towardsStart in new[] { true, false })
        {
            var problem = new FakeGradients(DataType.Float64);
            double[][] start = problem.Values();
            var sgd = new SGD(problem.Parameters, 0.1);
            Optimizer optimizer = towardsStart ? new L2Init(sgd, 1) : new L2(sgd, 1);
            foreach (var (_, tensor) in problem.Parameters)
                tensor.CopyFromInPlace(tensor * 3.0);
            for (int step = 0; step < 200; step++)
            {
                _ = problem.Draw(0, scale: 0);
                optimizer.Step();
            }

            problem.AssertValues(towardsStart ? start : problem.Zeros(), 1e-10);
        }
    }

    [Fact]
    public void Strength_zero_is_bit_identical_to_the_inner_optimizer()
    {
        double[][]? expected = null;
        foreach (var wrap in (Func<Optimizer, Optimizer>[])[inner => inner, inner => new L2(inner, 0), inner => new L2Init(inner, 0),
            inner => new SpectralRegularization(inner, new Philox(1), new SpectralRegularizationOptions { Strength = 0 })])
        {
            var problem = new FakeGradients(DataType.Float32);
            var optimizer = wrap(new AdamW(problem.Parameters, 0.05));
            for (int step = 0; step < 5; step++)
            {
                _ = problem.Draw(step);
                optimizer.Step();
            }

            expected ??= problem.Values();
            problem.AssertValues(expected, 0);
        }
    }

    [Theory]
    [InlineData(5, 7, 1)]
    [InlineData(7, 5, 2)]
    [InlineData(4, 4, 3)]
    public void The_spectral_gradient_equals_central_differences_of_the_largest_singular_value(int rows, int columns, int power)
    {
        var problem = new FakeGradients(DataType.Float64, [rows, columns]);
        double[] before = problem.Values()[0];
        // With many rounds of power iteration u and v have converged.
        var options = new SpectralRegularizationOptions { Strength = 0.7, Power = power, Iterations = 2000 };
        var optimizer = new SpectralRegularization(new SGD(problem.Parameters, 1), new Philox(3), options);
        _ = problem.Draw(0, scale: 0);
        optimizer.Step();
        double[] after = problem.Values()[0];
        for (int i = 0; i < before.Length; i++)
        {
            const double H = 1e-6;
            double derivative = (Penalty(before, rows, columns, power, i, H) - Penalty(before, rows, columns, power, i, -H)) / (2 * H);
            Assert.Equal(-0.7 * derivative, after[i] - before[i], 1e-7 * (1 + Math.Abs(derivative)));
        }
    }

    [Fact]
    public void Spectral_regularisation_alone_drives_the_largest_singular_value_of_matrices_and_kernels_to_one_and_biases_to_zero()
    {
        var generator = new Philox(2);
        var model = new Sequential(
            new Conv2d(2, 5, 3, initializer: new OrthogonalInitializer(2)), new Flatten(), new Linear(80, 4, initializer: new OrthogonalInitializer(0.3)));
        _ = model.Initialize(generator);
        var bias = ((Linear)model.Children[2].Module).Bias!;
        bias.CopyFromInPlace(Tensor.Full(bias.Shape, 0.5));
        var optimizer = new SpectralRegularization(new SGD(model.Parameters(), 0.05), generator, new SpectralRegularizationOptions { Strength = 0.5 });
        for (int step = 0; step < 3000; step++)
        {
            foreach (var (_, tensor) in model.Parameters())
                FakeGradients.Set(tensor, Tensor.Zeros(tensor.Shape));
            optimizer.Step();
        }

        foreach (var (name, tensor) in model.Parameters())
        {
            if (tensor.Rank > 1)
                Assert.Equal(1, Singular(FakeGradients.Read(tensor), tensor.Shape[0], tensor.Count / tensor.Shape[0]), 1e-2);
            else if (name == "2.bias")
                Assert.True(FakeGradients.Read(tensor).Max() < 0.1);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_gradient_for_a_bias_is_that_of_a_power_of_its_length(int power)
    {
        var bias = Tensor.From([1.0, -2, 0.5]);
        bias.RequiresGradient = true;
        var optimizer = new SpectralRegularization(
            new SGD([new Parameter("layer.bias", bias)], 1), new Philox(3), new SpectralRegularizationOptions { Strength = 0.01, Power = power });
        FakeGradients.Set(bias, Tensor.Zeros([3], DataType.Float64));
        optimizer.Step();
        // lambda |b|^(2k), with |b|^2 = 5.25.
        double shrinkage = 1 - (0.01 * 2 * power * Math.Pow(5.25, power - 1));
        Assert.All(bias.ToArray<double>().Zip([1.0, -2, 0.5]), pair => Assert.Equal(pair.Second * shrinkage, pair.First, 1e-12));
    }

    [Fact]
    public void A_matrix_of_zeros_has_no_spectral_gradient_and_stays()
    {
        var problem = new FakeGradients(DataType.Float32, [4, 6]);
        problem.Parameters[0].Tensor.CopyFromInPlace(Tensor.Zeros([4, 6]));
        var optimizer = new SpectralRegularization(new SGD(problem.Parameters, 1), new Philox(3), new SpectralRegularizationOptions { Power = 1 });
        _ = problem.Draw(0, scale: 0);
        optimizer.Step();
        problem.AssertValues(problem.Zeros(), 0);
    }

    [Fact]
    public void A_parameter_that_is_not_selected_gets_no_penalty()
    {
        var problem = new FakeGradients(DataType.Float64);
        double[][] before = problem.Values();
        var optimizer = new L2(new SGD(problem.Parameters, 0.1), 0.3, parameter => parameter.Name != "p0");
        _ = problem.Draw(0, scale: 0);
        optimizer.Step();
        double[][] after = problem.Values();
        Assert.Equal(before[0], after[0]);
        Assert.NotEqual(before[1], after[1]);
    }

    private static double Penalty(double[] weight, int rows, int columns, int power, int index, double change)
    {
        double[] moved = [.. weight];
        moved[index] += change;
        return Math.Pow(Math.Pow(Singular(moved, rows, columns), power) - 1, 2);
    }

    private static double Singular(double[] weight, int rows, int columns) =>
        Matrix<double>.Build.Dense(rows, columns, (i, j) => weight[(i * columns) + j]).Svd(computeVectors: false).S[0];
}
