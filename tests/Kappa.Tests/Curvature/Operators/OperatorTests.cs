using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Curvature.Operators;

/// <summary>Each operator against the dense matrix it stands for.</summary>
public sealed class OperatorTests
{
    /// <summary>Every operator by name.</summary>
    public static TheoryData<string> Names => [.. Cases.Keys];

    private static readonly Dictionary<string, Func<SmallNetwork, SymmetricOperator>> Cases = new()
    {
        ["hessian"] = network => new HessianOperator(network.Risk()),
        ["hessian of a range"] = network => new HessianOperator(network.Risk(), 3, 7),
        ["gauss-newton"] = network => new GaussNewtonOperator(network.Risk()),
        ["fisher"] = network => new EmpiricalFisherOperator(network.Risk()),
        ["increment"] = network => new IncrementOperator(network.Risk(), 8),
        ["sum"] = network => new SumOperator(new HessianOperator(network.Risk()), new GaussNewtonOperator(network.Risk())),
        ["scaled"] = network => new ScaledOperator(new HessianOperator(network.Risk()), -2.5),
        ["delegate"] = _ => new DelegateOperator(6, DataType.Float64, vectors => vectors * 3),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_block_of_vectors_gives_the_products_of_each(string name)
    {
        var matrix = Cases[name](new SmallNetwork());
        var vectors = Tensor.Normal([3, matrix.Dimension], new Philox(3), type: DataType.Float64);
        double[] together = matrix.MatMat(vectors).ToArray<double>();
        for (int i = 0; i < 3; i++)
        {
            double[] alone = matrix.MatVec(vectors.Slice(0, i, 1).Reshape([matrix.Dimension])).ToArray<double>();
            for (int j = 0; j < alone.Length; j++)
                Assert.Equal(alone[j], together[(i * matrix.Dimension) + j], 1e-12);
        }

        Assert.Equal(6, matrix.ProductCount);
        Assert.Equal(4, matrix.PassCount);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Operators_are_symmetric_linear_and_repeatable(string name)
    {
        var matrix = Cases[name](new SmallNetwork());
        double[,] dense = SmallNetwork.Dense(matrix);
        SmallNetwork.AssertEqual(dense, SmallNetwork.Dense(matrix), 0);
        for (int i = 0; i < matrix.Dimension; i++)
        {
            for (int j = 0; j < i; j++)
                Assert.Equal(dense[i, j], dense[j, i], 1e-12);
        }

        double[] v = Tensor.Normal([matrix.Dimension], new Philox(5), type: DataType.Float64).ToArray<double>();
        double[] product = matrix.MatVec(Tensor.From(v)).ToArray<double>();
        for (int i = 0; i < v.Length; i++)
            Assert.Equal(Enumerable.Range(0, v.Length).Sum(j => dense[i, j] * v[j]), product[i], 1e-12);
    }

    [Fact]
    public void The_Hessian_equals_central_differences_of_gradients_for_any_batch_size_and_range()
    {
        var network = new SmallNetwork();
        double[,] all = SmallNetwork.DenseHessian(network.Risk(), 0, SmallNetwork.Samples);
        foreach (int batch in new[] { 1, 5, 13, 100 })
            SmallNetwork.AssertEqual(all, SmallNetwork.Dense(new HessianOperator(network.Risk(batch))), 1e-8);
        SmallNetwork.AssertEqual(SmallNetwork.DenseHessian(network.Risk(), 3, 7), SmallNetwork.Dense(new HessianOperator(network.Risk(), 3, 7)), 1e-8);
    }

    [Fact]
    public void The_increment_equals_the_difference_of_two_Hessians()
    {
        var network = new SmallNetwork();
        var risk = network.Risk();
        double[,] before = SmallNetwork.Dense(new HessianOperator(risk, 0, 8)), after = SmallNetwork.Dense(new HessianOperator(risk, 0, 9));
        double[,] naive = new double[risk.Dimension, risk.Dimension];
        for (int i = 0; i < risk.Dimension; i++)
        {
            for (int j = 0; j < risk.Dimension; j++)
                naive[i, j] = after[i, j] - before[i, j];
        }

        SmallNetwork.AssertEqual(naive, SmallNetwork.Dense(new IncrementOperator(risk, 8)), 1e-12);
    }

    [Fact]
    public void The_empirical_Fisher_is_the_mean_of_outer_products_of_gradients()
    {
        var network = new SmallNetwork();
        var risk = network.Risk();
        double[,] expected = new double[risk.Dimension, risk.Dimension];
        for (int sample = 0; sample < SmallNetwork.Samples; sample++)
        {
            double[] g = risk.Gradient(sample, 1).ToArray<double>();
            for (int i = 0; i < g.Length; i++)
            {
                for (int j = 0; j < g.Length; j++)
                    expected[i, j] += g[i] * g[j] / SmallNetwork.Samples;
            }
        }

        SmallNetwork.AssertEqual(expected, SmallNetwork.Dense(new EmpiricalFisherOperator(risk)), 1e-12);
    }

    [Fact]
    public void Gauss_Newton_is_the_Hessian_of_a_linear_model_and_positive_semidefinite_for_any()
    {
        var linear = new SmallNetwork(model: new Sequential(new Linear(3, 4, type: DataType.Float64)));
        SmallNetwork.AssertEqual(
            SmallNetwork.DenseHessian(linear.Risk(), 0, SmallNetwork.Samples), SmallNetwork.Dense(new GaussNewtonOperator(linear.Risk())), 1e-8);
        var lowest = Lanczos.Solve(
            new GaussNewtonOperator(new SmallNetwork().Risk()), 1, new LanczosOptions { Spectrum = Spectrum.SmallestAlgebraic, Tolerance = 1e-6 });
        Assert.InRange(lowest.Eigenvalues[0], -1e-12, 1e-3);
    }

    [Theory]
    [InlineData("second", 24)]
    [InlineData("*.bias", 9)]
    [InlineData("first.weight", 15)]
    public void A_pattern_selects_the_block_of_its_parameters(string pattern, int size)
    {
        var network = new SmallNetwork();
        var matrix = new HessianOperator(network.Risk(parameters: pattern));
        Assert.Equal(size, matrix.Dimension);
        SmallNetwork.AssertEqual(SmallNetwork.DenseHessian(matrix.Risk, 0, SmallNetwork.Samples), SmallNetwork.Dense(matrix), 1e-8);
        // The same block of the whole Hessian.
        var whole = network.Risk();
        double[,] all = SmallNetwork.Dense(new HessianOperator(whole));
        int[] kept = [.. whole.Parameters.SelectMany((parameter, i) => Enumerable.Repeat(matrix.Risk.Parameters.Contains(parameter), parameter.Tensor.Count))
            .Select((keep, i) => keep ? i : -1).Where(i => i >= 0)];
        double[,] part = SmallNetwork.Dense(matrix);
        Assert.Equal(all[kept[1], kept[^1]], part[1, size - 1], 1e-12);
    }

    [Fact]
    public void Float32_products_are_those_of_float64_up_to_rounding()
    {
        var exact = new SmallNetwork();
        var single = new SmallNetwork(DataType.Float32);
        using var at = exact.Risk().ReadParameters();
        single.Risk().WriteParameters(at.To(DataType.Float32));
        single.Inputs.CopyFromInPlace(exact.Inputs.To(DataType.Float32));
        var v = Tensor.Normal([2, at.Count], new Philox(2), type: DataType.Float64);
        double[] expected = new HessianOperator(exact.Risk()).MatMat(v).ToArray<double>();
        float[] actual = new HessianOperator(single.Risk()).MatMat(v.To(DataType.Float32)).ToArray<float>();
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 3e-6);
    }

    [Fact]
    public void Parameters_round_trip_and_the_gradient_is_that_of_the_mean()
    {
        var network = new SmallNetwork();
        var risk = network.Risk(4);
        using var before = risk.ReadParameters();
        risk.WriteParameters(before);
        Assert.Equal(before.ToArray<double>(), risk.ReadParameters().ToArray<double>());
        var leaves = risk.Parameters.Select(parameter => parameter.Tensor).ToArray();
        var (value, gradient) = Differentiate.Gradient(() => Loss.CrossEntropy(network.Model.Forward(network.Inputs), network.Labels), leaves);
        Assert.Equal(value, risk.Value(0, SmallNetwork.Samples), 1e-14);
        double[] expected = [.. gradient.SelectMany(part => part.ToArray<double>())];
        double[] actual = risk.Gradient(0, SmallNetwork.Samples).ToArray<double>();
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-14);
    }

    [Fact]
    public void A_thousand_products_leave_the_memory_where_ten_did()
    {
        var network = new SmallNetwork();
        var matrix = new HessianOperator(network.Risk());
        using var vectors = Tensor.Normal([4, matrix.Dimension], new Philox(1), type: DataType.Float64).Keep();
        long before = 0;
        for (int i = 0; i < 1000; i++)
        {
            if (i == 10)
                before = Kappa.Tensors.Memory.StoragePool.AllocatedBytes;
            using var scope = TensorScope.Begin();
            _ = matrix.MatMat(vectors);
        }

        Assert.Equal(before, Kappa.Tensors.Memory.StoragePool.AllocatedBytes);
    }
}
