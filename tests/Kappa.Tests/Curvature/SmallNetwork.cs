using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Operators;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Curvature;

/// <summary>A small smooth network with data, in float64 unless asked otherwise.</summary>
internal sealed class SmallNetwork
{
    internal const int Samples = 13;

    internal SmallNetwork(DataType type = DataType.Float64, Module? model = null)
    {
        Model = model ?? new Sequential(("first", new Linear(3, 5, type: type)), ("activation", new Tanh()), ("second", new Linear(5, 4, type: type)));
        _ = Model.Initialize(new Philox(4));
        Inputs = Tensor.Normal([Samples, 3], new Philox(1), type: type).Keep();
        Labels = Tensor.From([.. Enumerable.Range(0, Samples).Select(i => (i * 7) % 4)], [Samples]).Keep();
    }

    internal Module Model { get; }

    internal Tensor Inputs { get; }

    internal Tensor Labels { get; }

    internal SampleSource Source => new(Inputs, Labels);

    internal EmpiricalRisk Risk(int batchSize = 5, string? parameters = null) =>
        new(Model, Loss.CrossEntropy, Source, new RiskOptions { BatchSize = batchSize, Parameters = parameters });

    /// <summary>The Hessian by central differences of gradients.</summary>
    internal static double[,] DenseHessian(EmpiricalRisk risk, int first, int count)
    {
        int size = risk.Dimension;
        using var at = risk.ReadParameters();
        double[,] dense = new double[size, size];
        const double Step = 1e-5;
        for (int column = 0; column < size; column++)
        {
            using var moved = at.Clone();
            moved.Values<double>()[column] += Step;
            risk.WriteParameters(moved);
            double[] above = risk.Gradient(first, count).ToArray<double>();
            moved.Values<double>()[column] -= 2 * Step;
            risk.WriteParameters(moved);
            double[] below = risk.Gradient(first, count).ToArray<double>();
            for (int row = 0; row < size; row++)
                dense[row, column] = (above[row] - below[row]) / (2 * Step);
        }

        risk.WriteParameters(at);
        return dense;
    }

    /// <summary>The matrix of an operator, from its products with the identity.</summary>
    internal static double[,] Dense(SymmetricOperator matrix)
    {
        var identity = Tensor.Zeros([matrix.Dimension, matrix.Dimension], DataType.Float64);
        for (int i = 0; i < matrix.Dimension; i++)
            identity.Values<double>()[(i * matrix.Dimension) + i] = 1;
        double[] rows = matrix.MatMat(identity).ToArray<double>();
        double[,] result = new double[matrix.Dimension, matrix.Dimension];
        for (int i = 0; i < rows.Length; i++)
            result[i % matrix.Dimension, i / matrix.Dimension] = rows[i];
        return result;
    }

    internal static void AssertEqual(double[,] expected, double[,] actual, double tolerance)
    {
        Assert.Equal(expected.GetLength(0), actual.GetLength(0));
        for (int i = 0; i < expected.GetLength(0); i++)
        {
            for (int j = 0; j < expected.GetLength(1); j++)
                Assert.Equal(expected[i, j], actual[i, j], tolerance);
        }
    }
}
