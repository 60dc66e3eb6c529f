using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Tests.Optimizers;

public sealed class MuonTests
{
    [Theory]
    [InlineData(true, MuonScaling.Jordan, 0.0, DataType.Float64, 1e-11)]
    [InlineData(false, MuonScaling.Jordan, 0.1, DataType.Float64, 1e-11)]
    [InlineData(true, MuonScaling.Moonshot, 0.1, DataType.Float64, 1e-11)]
    [InlineData(true, MuonScaling.Jordan, 0.1, DataType.Float32, 1e-4)]
    public void Muon_follows_the_naive_iteration_in_double_precision(bool nesterov, MuonScaling scaling, double weightDecay, DataType type, double tolerance)
    {
        // The first and the last matrix, and the vector, go to AdamW; wide, square and tall ones are orthogonalised.
        var problem = new FakeGradients(type, [4, 3], [6, 9], [5], [8, 8], [9, 4], [3, 2, 2], [2, 3]);
        int[] hidden = [1, 3, 4, 5];
        var options = new MuonOptions { Momentum = 0.8, Nesterov = nesterov, Scaling = scaling, WeightDecay = weightDecay, OthersLearningRateRatio = 0.1,
            Others = new AdamWOptions { WeightDecay = 0 } };
        var optimizer = new Muon(problem.Parameters, 0.02, options);
        Assert.Equal(hidden.Select(i => $"p{i}"), optimizer.Orthogonalized);
        var adam = new FakeGradients(type, [4, 3], [5], [2, 3]);
        int[] others = [0, 2, 6];
        for (int i = 0; i < others.Length; i++)
            adam.Parameters[i].Tensor.CopyFromInPlace(problem.Parameters[others[i]].Tensor);
        var rest = new AdamW(adam.Parameters, 0.002, new AdamWOptions { WeightDecay = 0 });
        var expected = problem.Values();
        var momentum = problem.Zeros();
        for (int step = 0; step < 20; step++)
        {
            var gradients = problem.Draw(step);
            foreach (int p in hidden)
            {
                int rows = problem.Parameters[p].Tensor.Shape[0];
                int columns = expected[p].Length / rows;
                var update = Matrix<double>.Build.Dense(rows, columns);
                for (int i = 0; i < expected[p].Length; i++)
                {
                    double g = gradients[p][i];
                    momentum[p][i] = (0.8 * momentum[p][i]) + (0.2 * g);
                    update[i / columns, i % columns] = nesterov ? (0.2 * g) + (0.8 * momentum[p][i]) : momentum[p][i];
                }

                update = NaiveNewtonSchulz(update, 5);
                double scale = scaling == MuonScaling.Jordan ? Math.Sqrt(Math.Max(1.0, rows / (double)columns)) : 0.2 * Math.Sqrt(Math.Max(rows, columns));
                for (int i = 0; i < expected[p].Length; i++)
                    expected[p][i] = ((1 - (0.02 * weightDecay)) * expected[p][i]) - (0.02 * scale * update[i / columns, i % columns]);
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
    [InlineData(64, 64)]
    [InlineData(16, 96)]
    [InlineData(96, 16)]
    [InlineData(1, 40)]
    public void The_update_has_the_singular_vectors_of_its_input_and_singular_values_near_one(int rows, int columns)
    {
        using var matrix = Tensor.Normal([rows, columns], new Philox(3), type: DataType.Float64);
        var before = Matrix<double>.Build.Dense(rows, columns, (i, j) => matrix.Values<double>()[(i * columns) + j]);
        using var scope = TensorScope.Begin();
        var result = NewtonSchulz.Orthogonalize(matrix, 5);
        var after = Matrix<double>.Build.Dense(rows, columns, (i, j) => result.Values<double>()[(i * columns) + j]);
        var svd = before.Svd();
        int rank = Math.Min(rows, columns);
        // In the basis of the input's singular vectors the result is diagonal: the same directions, other lengths.
        var rotated = (svd.U.Transpose() * after * svd.VT.Transpose()).SubMatrix(0, rank, 0, rank);
        double largest = svd.S[0];
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                if (i != j)
                    Assert.Equal(0, rotated[i, j], 1e-9);
                else if (svd.S[i] / largest > 0.05)
                    Assert.InRange(rotated[i, i], 0.65, 1.25);
                else
                    Assert.InRange(rotated[i, i], 0, 1.25);
            }
        }
    }

    [Fact]
    public void Hidden_matrices_are_the_ones_between_the_first_and_the_last()
    {
        var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 5), new ReLU(), new Linear(5, 2));
        Assert.Equal(["2.weight"], new Muon(model.Parameters()).Orthogonalized);
        Assert.Equal(
            ["0.weight", "2.weight", "4.weight"], new Muon(model.Parameters(), options: new MuonOptions { Matrices = MuonMatrices.All }).Orthogonalized);
        Assert.Equal(["4.weight"],
            new Muon(model.Parameters(), options: new MuonOptions { Matrices = MuonMatrices.All, Where = p => p.Name.StartsWith('4') }).Orthogonalized);
        Assert.Empty(new Muon(model.Parameters(), options: new MuonOptions { Matrices = MuonMatrices.None }).Orthogonalized);
    }

    [Fact]
    public void A_model_without_a_hidden_matrix_is_told_to_use_all()
    {
        var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2));
        var error = Assert.Throws<ArgumentException>(() => new Muon(model.Parameters()));
        Assert.StartsWith(
            "Muon with MuonMatrices.Hidden: of the 2 matrices of this model none is left to orthogonalise. Hidden leaves out the first and the last one: use "
            + "MuonMatrices.All to include them, or AdamW", error.Message);
        var none = Assert.Throws<ArgumentException>(
            () => new Muon(model.Parameters(), options: new MuonOptions { Matrices = MuonMatrices.All, Where = _ => false }));
        Assert.Contains("the predicate MuonOptions.Where accepts none of 0.weight, 2.weight", none.Message);
    }

    [Fact]
    public void With_no_matrices_muon_is_adamw_bit_for_bit()
    {
        var problem = new FakeGradients(DataType.Float32);
        var twin = new FakeGradients(DataType.Float32);
        var muon = new Muon(problem.Parameters, 0.02, new MuonOptions { Matrices = MuonMatrices.None, OthersLearningRateRatio = 0.5 });
        var adam = new AdamW(twin.Parameters, 0.01);
        for (int step = 0; step < 5; step++)
        {
            _ = problem.Draw(step);
            _ = twin.Draw(step);
            muon.Step();
            adam.Step();
        }

        problem.AssertValues(twin.Values(), 0);
    }

    [Fact]
    public void A_gradient_of_zero_changes_nothing()
    {
        var problem = new FakeGradients(DataType.Float32, [4, 6]);
        var before = problem.Values();
        var muon = new Muon(problem.Parameters, 0.02, new MuonOptions { Matrices = MuonMatrices.All });
        _ = problem.Draw(0, scale: 0);
        muon.Step();
        problem.AssertValues(before, 0);
    }

    private static Matrix<double> NaiveNewtonSchulz(Matrix<double> g, int steps)
    {
        var x = g / g.FrobeniusNorm();
        for (int step = 0; step < steps; step++)
        {
            var a = x * x.Transpose();
            x = (3.4445 * x) + (((-4.7750 * a) + (2.0315 * a * a)) * x);
        }

        return x;
    }
}
