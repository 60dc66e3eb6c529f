using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Tests.Optimizers;

public sealed class AdaMuonTests
{
    private const double Rate = 0.02;

    [Theory]
    [InlineData(false, 0.0, DataType.Float64, 1e-11)]
    [InlineData(true, 0.1, DataType.Float64, 1e-11)]
    [InlineData(false, 0.1, DataType.Float32, 1e-4)]
    public void AdaMuon_follows_algorithm_1_in_double_precision(bool nesterov, double weightDecay, DataType type, double tolerance)
    {
        // The first and the last matrix, and the vector, go to AdamW; wide, square and tall ones are orthogonalised.
        var problem = new FakeGradients(type, [4, 3], [6, 9], [5], [8, 8], [9, 4], [3, 2, 2], [2, 3]);
        int[] hidden = [1, 3, 4, 5];
        int[] others = [0, 2, 6];
        var options = new AdaMuonOptions { Momentum = 0.8, Beta2 = 0.7, Nesterov = nesterov, WeightDecay = weightDecay, OthersLearningRateRatio = 0.1 };
        var optimizer = new AdaMuon(problem.Parameters, Rate, options);
        Assert.Equal(hidden.Select(i => $"p{i}"), optimizer.Orthogonalized);
        var adam = new FakeGradients(type, [4, 3], [5], [2, 3]);
        for (int i = 0; i < others.Length; i++)
            adam.Parameters[i].Tensor.CopyFromInPlace(problem.Parameters[others[i]].Tensor);
        var rest = new AdamW(adam.Parameters, Rate * 0.1);
        var expected = problem.Values();
        var momentum = problem.Zeros();
        var second = problem.Zeros();
        for (int step = 0; step < 20; step++)
        {
            var gradients = problem.Draw(step);
            foreach (int p in hidden)
            {
                int rows = problem.Parameters[p].Tensor.Shape[0];
                Expect(expected[p], gradients[p], momentum[p], second[p], rows, expected[p].Length / rows, nesterov, weightDecay);
            }

            for (int i = 0; i < others.Length; i++)
                FakeGradients.Set(adam.Parameters[i].Tensor, problem.Parameters[others[i]].Tensor.Gradient!);
            optimizer.Step();
            rest.Step();
            for (int i = 0; i < others.Length; i++)
                expected[others[i]] = FakeGradients.Read(adam.Parameters[i].Tensor);
            problem.AssertValues(expected, tolerance);
        }
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e3)]
    public void An_update_has_a_root_mean_square_of_a_fifth_of_the_rate_whatever_the_scale_of_the_gradients(double scale)
    {
        var problem = new FakeGradients(DataType.Float64, [6, 9]);
        var optimizer = new AdaMuon(problem.Parameters, Rate, new AdaMuonOptions { Matrices = MuonMatrices.All, WeightDecay = 0 });
        for (int step = 0; step < 5; step++)
        {
            var before = problem.Values()[0];
            _ = problem.Draw(step, scale);
            optimizer.Step();
            Assert.Equal(0.2 * Rate, Math.Sqrt(problem.Values()[0].Zip(before, (a, b) => (a - b) * (a - b)).Average()), 1e-12);
        }
    }

    [Fact]
    public void A_gradient_of_zero_changes_nothing()
    {
        var problem = new FakeGradients(DataType.Float32, [4, 6]);
        var before = problem.Values();
        var optimizer = new AdaMuon(problem.Parameters, 0.02, new AdaMuonOptions { Matrices = MuonMatrices.All, WeightDecay = 0 });
        _ = problem.Draw(0, scale: 0);
        optimizer.Step();
        problem.AssertValues(before, 0);
    }

    [Fact]
    public void Settings_out_of_range_and_a_model_without_hidden_matrices_are_refused_by_name()
    {
        var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2));
        Assert.StartsWith(
            "AdaMuon with MuonMatrices.Hidden: of the 2 matrices", Assert.Throws<ArgumentException>(() => new AdaMuon(model.Parameters())).Message);
        void Refused(AdaMuonOptions options, string message) =>
            Assert.Contains(message,
                Assert.Throws<ArgumentOutOfRangeException>(() => new AdaMuon(model.Parameters(), 0.1, options with { Matrices = MuonMatrices.All })).Message);
        Refused(new AdaMuonOptions { Beta2 = 1 }, "AdaMuonOptions.Beta2 takes a number from 0 up to, but not including, 1; got 1");
        Refused(new AdaMuonOptions { Epsilon = 0 }, "AdaMuonOptions.Epsilon");
        Refused(new AdaMuonOptions { NewtonSchulzSteps = 0 }, "AdaMuonOptions.NewtonSchulzSteps takes a whole number of 1 or more; got 0");
        Refused(new AdaMuonOptions { Orthogonalization = (Orthogonalization)7 }, "AdaMuonOptions.Orthogonalization");
    }

    private static void Expect(double[] values, double[] gradient, double[] momentum, double[] second, int rows, int columns, bool nesterov, double weightDecay)
    {
        var sign = Matrix<double>.Build.Dense(rows, columns);
        for (int i = 0; i < values.Length; i++)
        {
            // The paper's momentum, without (1 - mu).
            momentum[i] = (0.8 * momentum[i]) + gradient[i];
            sign[i / columns, i % columns] = Math.Sign(nesterov ? gradient[i] + (0.8 * momentum[i]) : momentum[i]);
        }

        var o = sign / sign.FrobeniusNorm();
        for (int round = 0; round < 5; round++)
        {
            var a = o * o.Transpose();
            o = (3.4445 * o) + (((-4.7750 * a) + (2.0315 * a * a)) * o);
        }

        for (int i = 0; i < values.Length; i++)
        {
            double direction = o[i / columns, i % columns];
            second[i] = (0.7 * second[i]) + (0.3 * direction * direction);
            o[i / columns, i % columns] = direction / (Math.Sqrt(second[i]) + 1e-8);
        }

        double scale = 0.2 * Math.Sqrt(rows * columns) / o.FrobeniusNorm();
        for (int i = 0; i < values.Length; i++)
            values[i] = ((1 - (Rate * weightDecay)) * values[i]) - (Rate * scale * o[i / columns, i % columns]);
    }
}
