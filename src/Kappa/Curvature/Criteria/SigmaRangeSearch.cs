using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;

namespace Kappa.Curvature.Criteria;

/// <summary>Finds the scales of the probe at which the quadratic model holds, by trying it against the loss itself.</summary>
public static class SigmaRangeSearch
{
    /// <summary>The scales that are tried when none are given: half decades from 1e-6 to 1.</summary>
    public static IReadOnlyList<double> DefaultSigmas { get; } = [.. Enumerable.Range(0, 13).Select(i => Math.Pow(10, -6 + (0.5 * i)))];

    /// <summary>Finds the range.</summary>
    /// <param name="risk">The mean loss; w* is where its parameters are.</param>
    /// <param name="subspace">U, <c>[D, N]</c>.</param>
    /// <param name="model">The quadratic model in that subspace.</param>
    /// <param name="sigmas">Scales to try; null for <see cref="DefaultSigmas"/>.</param>
    /// <param name="samples">Points of each scale, 2 or more: forward passes over k + 1 samples.</param>
    /// <param name="tolerance">The relative error that still counts as valid.</param>
    /// <param name="seed">Of the points.</param>
    /// <param name="cancellation">Asked before each point.</param>
    /// <param name="progress">Takes where it stands after each point, on the calling thread; may be null.</param>
    /// <remarks>A scale at which the loss is no longer finite counts as an infinite error.</remarks>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SigmaRange Find(
        EmpiricalRisk risk, Tensor subspace, IncrementModel model, IReadOnlyList<double>? sigmas = null, int samples = 8, double tolerance = 0.01,
        ulong seed = 0, CancellationToken cancellation = default, IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(risk);
        ArgumentNullException.ThrowIfNull(subspace);
        ArgumentNullException.ThrowIfNull(model);
        SolverChecks.Positive(tolerance, "tolerance");
        if (model.Dimension != subspace.Shape[0] || model.Added != model.K)
        {
            throw new ArgumentException(
                $"expected a model of the subspace's {subspace.Shape[0]} directions, for the sample after the first k; got {model.Dimension} directions and "
                + $"sample {model.Added} after {model.K}", nameof(model));
        }

        double[] scales = [.. (sigmas ?? DefaultSigmas).Order()];
        if (scales.Length == 0)
            throw new ArgumentException("expected one sigma or more", nameof(sigmas));
        var parts = PartialProgress.Of(progress);
        double[] errors = [.. scales.Select((sigma, i) => Error(
            risk, subspace, model, sigma, samples, seed, cancellation, parts?.Next(i / (double)scales.Length, (i + 1) / (double)scales.Length)))];
        double level = errors.Take(Math.Max(1, scales.Length / 3)).Order().ElementAt(Math.Max(1, scales.Length / 3) / 2);
        return new SigmaRange(
            model.K, model.Dimension, scales, errors, level, LastBelow(scales, errors, 3 * level), LastBelow(scales, errors, tolerance), tolerance, samples);
    }

    private static double Error(
        EmpiricalRisk risk, Tensor subspace, IncrementModel model, double sigma, int samples, ulong seed, CancellationToken cancellation,
        IProgress<SolverProgress>? progress)
    {
        IReadOnlyList<double> truth;
        try
        {
            truth = DirectMonteCarlo.InSubspace(risk, subspace, [model.K], sigma, samples, seed, cancellation, progress)[0].Increments;
        }
        catch (NonFiniteException)
        {
            return double.PositiveInfinity;
        }

        using var points = DirectMonteCarlo.Points(model.Dimension, samples, seed, risk.DataType).To(DataType.Float64);
        double[] z = points.ToArray<double>();
        double missed = 0, total = 0;
        for (int s = 0; s < samples; s++)
        {
            double[] scaled = [.. z.Skip(s * model.Dimension).Take(model.Dimension).Select(value => value * sigma)];
            double squared = truth[s] * truth[s];
            missed += Math.Abs(squared - Math.Pow(model.Evaluate(scaled), 2));
            total += squared;
        }

        return total > 0 ? missed / total : missed > 0 ? double.PositiveInfinity : 0;
    }

    private static double LastBelow(double[] sigmas, double[] errors, double limit)
    {
        int count = 0;
        while (count < errors.Length && errors[count] <= limit)
            count++;
        return count > 0 ? sigmas[count - 1] : double.NaN;
    }
}
