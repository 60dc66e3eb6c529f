namespace Kappa.Curvature.Criteria;

/// <summary>Loss, projected gradient and projected Hessian of a mean over samples.</summary>
/// <param name="Loss">L.</param>
/// <param name="Gradient">U^T g, <c>[D]</c>.</param>
/// <param name="Curvature">U^T H U, <c>[D, D]</c>; null where it was not taken.</param>
internal sealed record Compressed(double Loss, double[] Gradient, double[,]? Curvature);

/// <summary>A sum of those over the first samples, in double.</summary>
internal sealed class CompressedSum(int dimension)
{
    private readonly double[] _gradient = new double[dimension];
    private readonly double[,] _curvature = new double[dimension, dimension];
    private double _loss;

    internal int Samples { get; private set; }

    internal void Add(Compressed mean, int count)
    {
        _loss += count * mean.Loss;
        for (int i = 0; i < dimension; i++)
        {
            _gradient[i] += count * mean.Gradient[i];
            for (int j = 0; j < dimension && mean.Curvature is not null; j++)
                _curvature[i, j] += count * mean.Curvature[i, j];
        }

        Samples += count;
    }

    /// <summary>Takes the curvature to be diagonal, with these eigenvalues.</summary>
    internal void SetCurvature(IReadOnlyList<double> eigenvalues)
    {
        for (int i = 0; i < dimension; i++)
            _curvature[i, i] = Samples * eigenvalues[i];
    }

    /// <summary>The model of one added sample, by equation (5) for each of its coefficients.</summary>
    internal IncrementModel Increment(Compressed sample, int added)
    {
        int k = Samples;
        double[] c = new double[dimension];
        double[,] b = new double[dimension, dimension];
        for (int i = 0; i < dimension; i++)
        {
            c[i] = StabilizationEquations.Increment(sample.Gradient[i], _gradient[i] / k, k);
            for (int j = 0; j < dimension; j++)
            {
                b[i, j] = StabilizationEquations.Increment(
                    0.5 * (sample.Curvature![i, j] + sample.Curvature[j, i]), 0.5 * (_curvature[i, j] + _curvature[j, i]) / k, k);
            }
        }

        return new IncrementModel(k, added, StabilizationEquations.Increment(sample.Loss, _loss / k, k), c, b);
    }
}
