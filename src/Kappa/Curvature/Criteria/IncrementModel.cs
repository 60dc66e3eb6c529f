using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Randomness;

namespace Kappa.Curvature.Criteria;

/// <summary>The quadratic model of what one added sample does to the loss in a subspace: a + c.z + z.Bz / 2, equation (9).</summary>
/// <param name="K">Samples before the one that is added.</param>
/// <param name="Added">The number of the added sample, from 0.</param>
/// <param name="A">a = L_{k+1}(w*) - L_k(w*).</param>
/// <param name="C">c = U^T (g^(k+1) - g^(k)), <c>[D]</c>.</param>
/// <param name="B">B = U^T (H^(k+1) - H^(k)) U, <c>[D, D]</c>, symmetric.</param>
public sealed record IncrementModel(int K, int Added, double A, double[] C, double[,] B)
{
    /// <summary>D.</summary>
    public int Dimension => C.Length;

    /// <summary>Delta_1, equation (2).</summary>
    public double PointCriterion => StabilizationEquations.PointCriterion(A);

    /// <summary>The model in the first directions alone: the same numbers that their own subspace would give.</summary>
    /// <param name="dimension">1 to D.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has fewer directions.</exception>
    public IncrementModel Truncate(int dimension)
    {
        if (dimension < 1 || dimension > Dimension)
        {
            throw new ArgumentOutOfRangeException(
                nameof(dimension), dimension, $"a model of {Dimension} directions has 1 to {Dimension} of them; got {dimension}");
        }

        double[,] b = new double[dimension, dimension];
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j < dimension; j++)
                b[i, j] = B[i, j];
        }

        return new IncrementModel(K, Added, A, C[..dimension], b);
    }

    /// <summary>The model's increment at a point of the subspace.</summary>
    /// <param name="z"><c>[D]</c>.</param>
    public double Evaluate(ReadOnlySpan<double> z)
    {
        double linear = 0, quadratic = 0;
        for (int i = 0; i < z.Length; i++)
        {
            linear += C[i] * z[i];
            double row = 0;
            for (int j = 0; j < z.Length; j++)
                row += B[i, j] * z[j];
            quadratic += z[i] * row;
        }

        return A + linear + (0.5 * quadratic);
    }

    /// <summary>Delta_2^(D) of the model, exactly: the Gaussian moment, equation (15). Cost: O(D^2).</summary>
    /// <param name="sigma">The scale of the probe, 0 or more.</param>
    public double GaussianMoment(double sigma)
    {
        double trace = 0, square = 0, gradient = 0;
        for (int i = 0; i < C.Length; i++)
        {
            trace += B[i, i];
            gradient += C[i] * C[i];
            for (int j = 0; j < C.Length; j++)
                square += B[i, j] * B[i, j];
        }

        return StabilizationEquations.GaussianMoment(A, gradient, trace, square, sigma);
    }

    /// <summary>Delta_2^(D) of the model by sampling it, equation (13). Cost: O(S D^2).</summary>
    /// <param name="sigma">The scale of the probe.</param>
    /// <param name="samples">S, 2 or more.</param>
    /// <param name="seed">Of the samples.</param>
    /// <returns>The mean and its standard error.</returns>
    public MonteCarloEstimate QuadraticMonteCarlo(double sigma, int samples, ulong seed = 0)
    {
        ProbeChecks.Sampling(sigma, samples);
        var generator = new Philox(seed).Split("quadratic monte carlo");
        double[] values = new double[samples];
        double[] z = new double[Dimension];
        for (int s = 0; s < samples; s++)
        {
            generator.FillNormal(z, 0, sigma);
            values[s] = Math.Pow(Evaluate(z), 2);
        }

        var (mean, error) = Sample.Mean(values);
        return new MonteCarloEstimate(mean, error, samples, seed);
    }
}
