using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Curvature.Criteria;

/// <summary>The reference estimator of the criteria: squared true increments at points drawn from the probing law, equation (11).</summary>
/// <remarks>
/// By equation (5) a point costs one forward pass over k + 1 samples, not one over k and one over k + 1, and the difference is that of one sample's loss and
/// the mean, which float32 holds. All k of a curve share the pass over the largest. The parameters are moved, and put back, bit for bit, however this ends.
/// </remarks>
public static class DirectMonteCarlo
{
    /// <summary>Points whose perturbations are formed in one product.</summary>
    private const int Together = 8;

    /// <summary>Delta_2^(D), equation (4): the probe is w* + U z.</summary>
    /// <param name="risk">The mean loss; w* is where its parameters are.</param>
    /// <param name="subspace">U: orthonormal rows, <c>[D, N]</c>.</param>
    /// <param name="sizes">Each k.</param>
    /// <param name="sigma">The scale of the probe.</param>
    /// <param name="samples">S, 2 or more.</param>
    /// <param name="seed">Of the points: z of a seed is the same for every sigma, scaled.</param>
    /// <param name="cancellation">Asked before each point.</param>
    /// <param name="progress">Takes where it stands after each point, on the calling thread; may be null.</param>
    /// <returns>One for each k in ascending order.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<DirectEstimate> InSubspace(
        EmpiricalRisk risk, Tensor subspace, IReadOnlyList<int> sizes, double sigma, int samples = 64, ulong seed = 0, CancellationToken cancellation = default,
        IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(risk);
        ArgumentNullException.ThrowIfNull(subspace);
        ProbeChecks.Subspace(risk, subspace);
        return Run(risk, sizes, sigma, samples, seed, (start, count) =>
        {
            using var z = Points(subspace.Shape[0], samples, seed, risk.DataType, risk.Device).Range(start, count);
            return z.MatMul(subspace);
        }, cancellation, progress);
    }

    /// <summary>Delta_2, equation (3): the probe is w* plus noise in every parameter.</summary>
    /// <param name="risk">The mean loss; w* is where its parameters are.</param>
    /// <param name="sizes">Each k.</param>
    /// <param name="sigma">The scale of the probe.</param>
    /// <param name="samples">S, 2 or more.</param>
    /// <param name="seed">Of the points.</param>
    /// <param name="cancellation">Asked before each point.</param>
    /// <param name="progress">Takes where it stands after each point, on the calling thread; may be null.</param>
    /// <returns>One for each k in ascending order.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<DirectEstimate> InFullSpace(
        EmpiricalRisk risk, IReadOnlyList<int> sizes, double sigma, int samples = 64, ulong seed = 0, CancellationToken cancellation = default,
        IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(risk);
        var generator = new Philox(seed).Split("full space");
        return Run(risk, sizes, sigma, samples, seed, (_, count) => Tensor.Normal([count, risk.Dimension], generator, type: risk.DataType, device: risk.Device),
            cancellation, progress);
    }

    /// <summary>The points of a seed in units of sigma, <c>[S, D]</c>.</summary>
    internal static Tensor Points(int dimension, int samples, ulong seed, DataType type, Device? device = null) =>
        Tensor.Normal([samples, dimension], new Philox(seed).Split("subspace"), type: type, device: device);

    private static DirectEstimate[] Run(
        EmpiricalRisk risk, IReadOnlyList<int> sizes, double sigma, int samples, ulong seed, Func<int, int, Tensor> directions, CancellationToken cancellation,
        IProgress<SolverProgress>? progress)
    {
        ProbeChecks.Sampling(sigma, samples);
        int[] sorted = ProbeChecks.Sizes(risk, sizes, 1);
        double[][] increments = [.. sorted.Select(_ => new double[samples])];
        using var quiet = NoGradient.Begin();
        using var outer = TensorScope.Begin();
        var at = risk.ReadParameters();
        try
        {
            int together = Math.Min(Together, BlockArithmetic.MostRows(risk.Dimension, risk.DataType));
            for (int start = 0; start < samples; start += together)
            {
                using var scope = TensorScope.Begin();
                var block = directions(start, Math.Min(together, samples - start));
                for (int s = 0; s < block.Shape[0]; s++)
                {
                    var point = block.Entry(s);
                    BlockArithmetic.Scale(point, sigma);
                    BlockArithmetic.AddScaled(at, 1, point);
                    risk.WriteParameters(point);
                    Walk(risk, sorted, (index, value) => increments[index][start + s] = value, cancellation);
                    progress?.Report(new SolverProgress((start + s + 1) / (double)samples, 0));
                }
            }
        }
        finally
        {
            risk.WriteParameters(at);
        }

        return [.. sorted.Select((k, index) =>
        {
            var (mean, error) = Sample.Mean([.. increments[index].Select(value => value * value)]);
            return new DirectEstimate(k, sigma, new MonteCarloEstimate(mean, error, samples, seed), increments[index]);
        })];
    }

    /// <summary>The increments of every k at one point, from one pass over the samples.</summary>
    private static void Walk(EmpiricalRisk risk, int[] sizes, Action<int, double> found, CancellationToken cancellation)
    {
        double sum = 0;
        int done = 0;
        for (int index = 0; index < sizes.Length; index++)
        {
            int k = sizes[index];
            if (k > done)
                sum += (k - done) * risk.Value(done, k - done, cancellation);
            double added = risk.Value(k, 1, cancellation);
            found(index, StabilizationEquations.Increment(added, sum / k, k));
            (sum, done) = (sum + added, k + 1);
        }
    }
}
