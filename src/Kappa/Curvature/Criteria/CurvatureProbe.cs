using System.Globalization;
using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Solvers;

namespace Kappa.Curvature.Criteria;

/// <summary>All criteria of a model at its parameters, as curves over k: one subspace and one pass over the data serve every k, D and sigma.</summary>
public static class CurvatureProbe
{
    /// <summary>Runs the probe.</summary>
    /// <param name="risk">The mean loss; w* is where its parameters are.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Asked before each product, batch and point.</param>
    /// <param name="progress">Takes where it stands after each, on the calling thread; may be null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A k exceeds the data, or a D the parameters.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CurvatureProbeResult Run(
        EmpiricalRisk risk, CurvatureProbeOptions? options = null, CancellationToken cancellation = default, IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(risk);
        options ??= new CurvatureProbeOptions();
        options.Validate();
        int[] sizes = [.. options.Sizes ?? LogarithmicSizes(1, risk.Samples.Count - options.Candidates, 16)];
        _ = ProbeChecks.Sizes(risk, sizes, options.Candidates);
        int most = options.Dimensions.Max();
        int samples = Math.Min(options.HessianSamples ?? 256, sizes.Max());
        var parts = PartialProgress.Of(progress);
        var pairs = Lanczos.Solve(new HessianOperator(risk, 0, samples), most, options.Lanczos with { Seed = options.Seed }, cancellation, parts?.Next(0, 0.5));
        try
        {
            var models = IncrementModels.Along(risk, pairs.Eigenvectors, sizes, options.Candidates, cancellation, parts?.Next(0.5, 0.7));
            var full = options.FullSpaceProbes > 0
                ? FullSpaceModels.Along(risk, sizes, options.FullSpaceProbes, options.Candidates, options.Seed, cancellation, parts?.Next(0.7, 0.9))
                : [];
            var range = SigmaRangeSearch.Find(
                risk, pairs.Eigenvectors, models[^options.Candidates], seed: options.Seed, cancellation: cancellation, progress: parts?.Next(0.9, 1));
            return new CurvatureProbeResult(pairs, samples, [.. Curves(options, models, full)], range, Notes(risk, options, pairs, range));
        }
        catch
        {
            pairs.Dispose();
            throw;
        }
    }

    /// <summary>Sample sizes at about equal steps of their logarithm, each once.</summary>
    /// <param name="smallest">1 or more.</param>
    /// <param name="largest">The last.</param>
    /// <param name="count">How many at most.</param>
    public static IReadOnlyList<int> LogarithmicSizes(int smallest, int largest, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(smallest, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(largest, smallest);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        double ratio = Math.Log((double)largest / smallest);
        return [.. Enumerable.Range(0, count).Select(i => count == 1 ? largest : (int)Math.Round(smallest * Math.Exp(ratio * i / (count - 1)))).Distinct()];
    }

    private static IEnumerable<CriterionCurve> Curves(CurvatureProbeOptions options, IReadOnlyList<IncrementModel> models, IReadOnlyList<FullSpaceModel> full)
    {
        yield return new CriterionCurve(StabilizationCriterion.Point, null, null, [.. Points(models, model => model.K, model => model.PointCriterion, _ => 0)]);
        foreach (double sigma in options.Sigmas.Distinct().Order())
        {
            if (full.Count > 0)
            {
                yield return new CriterionCurve(
                    StabilizationCriterion.FullSpace, null, sigma,
                    [.. Points(full, model => model.K, model => model.GaussianMoment(sigma), model => model.StandardError(sigma))]);
            }

            foreach (int dimension in options.Dimensions.Distinct().Order())
            {
                yield return new CriterionCurve(
                    StabilizationCriterion.Subspace, dimension, sigma,
                    [.. Points(models, model => model.K, model => model.Truncate(dimension).GaussianMoment(sigma), _ => 0)]);
            }
        }
    }

    private static IEnumerable<CriterionPoint> Points<T>(IReadOnlyList<T> models, Func<T, int> size, Func<T, double> value, Func<T, double> error)
    {
        foreach (var group in models.GroupBy(size))
        {
            var (mean, spread) = Sample.Mean([.. group.Select(value)]);
            double estimated = Math.Sqrt(group.Sum(model => Math.Pow(error(model), 2))) / group.Count();
            double standardError = double.IsNaN(spread) ? (estimated > 0 ? estimated : double.NaN) : Math.Max(spread, estimated);
            yield return new CriterionPoint(group.Key, mean, standardError);
        }
    }

    private static List<string> Notes(EmpiricalRisk risk, CurvatureProbeOptions options, EigenResult pairs, SigmaRange range)
    {
        List<string> notes = [.. risk.Notes];
        if (!pairs.Converged)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{pairs.ConvergedCount} of {pairs.Eigenvalues.Count} eigenpairs converged in {pairs.Products} products; the largest residual is "
                + $"{pairs.Residuals.Max():G3}. Raise LanczosOptions.MaxProducts"));
        }
        else if (!pairs.Verified && options.Lanczos.VerifyMultiplicities)
        {
            notes.Add("the eigenpairs have converged, but whether one was missed, such as a further vector of a multiple eigenvalue, was not established: "
                + $"{pairs.NotVerifiedBecause}");
        }

        double[] outside = [.. options.Sigmas.Where(sigma => !range.Contains(sigma)).Order()];
        if (outside.Length > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"the quadratic model holds within {100 * range.Tolerance:G2}% up to sigma = {range.ValidUpTo:G2}; at sigma = {string.Join(", ", outside)} the "
                + $"closed form is that of the model, not of the loss"));
        }

        return notes;
    }
}
