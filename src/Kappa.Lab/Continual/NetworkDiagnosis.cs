using Kappa.Lab.Reproduction;
using Kappa.Networks;
using Kappa.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Continual;

/// <summary>How a network stands at one moment.</summary>
/// <param name="Dormant">The share of hidden units whose mean magnitude is at most 0.025 of that of their layer (Sokar and others, 2023).</param>
/// <param name="EffectiveRank">exp(entropy(sigma^2 / sum sigma^2)) of the last hidden layer's activations over the probe.</param>
/// <param name="WeightNorm">The Euclidean norm of all weights together.</param>
/// <param name="SigmaMin">The smallest singular value of the weights of hidden layers; of the smaller side where they are not square.</param>
/// <param name="SigmaMax">The largest.</param>
internal sealed record NetworkDiagnosis(double Dormant, double EffectiveRank, double WeightNorm, double SigmaMin, double SigmaMax)
{
    private const double DormantBelow = 0.025;

    /// <summary>The names of the numbers, as results and plots have them.</summary>
    internal static IReadOnlyList<(string Name, string Title, Func<NetworkDiagnosis, double> Of)> Numbers { get; } =
    [
        ("dormant", "dormant share of units", d => d.Dormant),
        ("effectiveRank", "effective rank of the last hidden layer", d => d.EffectiveRank),
        ("weightNorm", "norm of all weights", d => d.WeightNorm),
        ("sigmaMin", "smallest singular value of a hidden weight", d => d.SigmaMin),
        ("sigmaMax", "largest singular value of a hidden weight", d => d.SigmaMax),
    ];

    /// <summary>Reads back what results hold.</summary>
    /// <param name="result">The result.</param>
    /// <param name="count">How many diagnoses it has.</param>
    internal static IEnumerable<NetworkDiagnosis> Read(CellResult result, int count)
    {
        double[][] numbers = [.. Numbers.Select(number => result.Numbers(number.Name))];
        return Enumerable.Range(0, count).Select(i => new NetworkDiagnosis(numbers[0][i], numbers[1][i], numbers[2][i], numbers[3][i], numbers[4][i]));
    }

    /// <summary>Looks at a chain of layers.</summary>
    /// <param name="model">The network.</param>
    /// <param name="probe">Inputs to look at it with, as the network takes them.</param>
    internal static NetworkDiagnosis Of(Sequential model, Tensor probe)
    {
        using var outside = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var current = probe;
        int units = 0, dormant = 0;
        Tensor? last = null;
        double smallest = double.PositiveInfinity, largest = 0, squares = 0;
        var layers = model.Children.Where(child => child.Module is Linear or Conv2d).Select(child => child.Module).ToArray();
        foreach (var (_, module) in model.Children)
        {
            if (module is Linear or Conv2d)
            {
                var weight = module is Linear linear ? linear.Weight : ((Conv2d)module).Weight;
                squares += weight.ToArray<float>().Sum(w => (double)w * w);
                if (module != layers[^1])
                {
                    double[] values = SingularValues(weight.ToArray<float>(), weight.Shape[0]);
                    (smallest, largest) = (Math.Min(smallest, values[^1]), Math.Max(largest, values[0]));
                }

                if (module != layers[0])
                {
                    double[] magnitudes = Magnitudes(current);
                    double limit = DormantBelow * magnitudes.Average();
                    units += magnitudes.Length;
                    dormant += magnitudes.Count(magnitude => magnitude <= limit);
                    last = current;
                }
            }

            current = module.Forward(current);
        }

        double rank = last is null ? double.NaN : EffectiveRankOf(SingularValues(last.ToArray<float>(), last.Shape[0]));
        return new NetworkDiagnosis((double)dormant / Math.Max(units, 1), rank, Math.Sqrt(squares), smallest, largest);
    }

    /// <summary>exp(entropy(sigma^2 / sum sigma^2)) (Roy and Vetterli, 2007); 0 where all are 0.</summary>
    internal static double EffectiveRankOf(double[] singularValues)
    {
        double sum = singularValues.Sum(sigma => sigma * sigma);
        return sum == 0 ? 0 : Math.Exp(-singularValues.Select(sigma => sigma * sigma / sum).Where(share => share > 0).Sum(share => share * Math.Log(share)));
    }

    /// <summary>Singular values, largest first, as many as the smaller side: from the Gram matrix, so those below 1e-4 of the largest are not exact.</summary>
    internal static double[] SingularValues(float[] values, int rows)
    {
        var matrix = Matrix<double>.Build.Dense(rows, values.Length / rows, (i, j) => values[(i * (values.Length / rows)) + j]);
        var gram = matrix.RowCount <= matrix.ColumnCount ? matrix.TransposeAndMultiply(matrix) : matrix.TransposeThisAndMultiply(matrix);
        return [.. gram.Evd(Symmetricity.Symmetric).EigenValues.Select(value => Math.Sqrt(Math.Max(0, value.Real))).OrderDescending()];
    }

    /// <summary>The mean of |h| for each unit; channels are the units of images.</summary>
    private static double[] Magnitudes(Tensor activations)
    {
        int units = activations.Shape[1];
        int block = activations.Count / activations.Shape[0] / units;
        var sums = new double[units];
        float[] values = activations.ToArray<float>();
        for (int i = 0; i < values.Length; i++)
            sums[i / block % units] += Math.Abs(values[i]);
        return sums;
    }
}
