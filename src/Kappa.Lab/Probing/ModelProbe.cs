using Kappa.Curvature;
using Kappa.Lab.Tasks;
using Kappa.Tensors;

namespace Kappa.Lab.Probing;

/// <summary>Measures the curvature of a trained model.</summary>
public static class ModelProbe
{
    private const int TraceProducts = 32;

    /// <summary>Runs the probe.</summary>
    /// <param name="model">The model and its data.</param>
    /// <param name="settings">What to measure.</param>
    /// <param name="clock">What tells the time.</param>
    /// <param name="progress">Takes what is being done; may be null.</param>
    /// <exception cref="ConfigException">More is asked for than the model or the data have.</exception>
    /// <exception cref="NonFiniteException">The loss of the checkpoint is NaN or infinite.</exception>
    public static ProbeOutcome Run(TrainedModel model, ProbeSettings settings, TimeProvider clock, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(clock);
        long start = clock.GetTimestamp();
        try
        {
            int most = settings.Sizes is { Count: > 0 } sizes ? sizes.Max() : settings.Samples - 1;
            int needed = settings.Criteria ? Math.Max(settings.Samples, most + 1) : settings.Samples;
            var risk = model.Risk(needed, settings.Risk, settings.Validation, settings.Seed);
            progress?.Invoke($"top {settings.Top} eigenvalues");
            var matrix = Matrix(risk, settings);
            var pairs = Lanczos.Solve(matrix, settings.Top, new LanczosOptions { Tolerance = settings.Tolerance, Seed = settings.Seed });
            progress?.Invoke("traces");
            var trace = TraceEstimator.Hutchinson(matrix, new TraceOptions { Products = TraceProducts, Seed = settings.Seed });
            if (settings.Density)
                progress?.Invoke("spectral density");
            var density = settings.Density ? SpectralDensity.Estimate(matrix, new DensityOptions { Seed = settings.Seed }) : null;
            if (settings.Criteria)
                progress?.Invoke("criteria");
            var criteria = settings.Criteria ? Criteria(risk, settings, most) : null;
            using var gradient = risk.Gradient(0, settings.Samples);
            using var squared = gradient.Square().Sum();
            return new ProbeOutcome(
                settings, risk.Dimension, risk.Value(0, settings.Samples), Math.Sqrt(squared.ToDouble()), pairs, trace, density, criteria,
                [.. Notes(risk, pairs, criteria)], clock.GetElapsedTime(start).TotalSeconds);
        }
        catch (ArgumentException error)
        {
            // What the library calls an argument is here a setting of the user's.
            throw new ConfigException(error.Message.Split(" (Parameter", 2)[0].ReplaceLineEndings(" "));
        }
    }

    /// <summary>The matrix that settings name.</summary>
    /// <param name="risk">The mean loss.</param>
    /// <param name="settings">Which matrix, over how many samples.</param>
    public static LinearOperator Matrix(EmpiricalRisk risk, ProbeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Matrix switch
        {
            CurvatureMatrix.Hessian => new HessianOperator(risk, 0, settings.Samples),
            CurvatureMatrix.GaussNewton => new GaussNewtonOperator(risk, 0, settings.Samples),
            _ => new EmpiricalFisherOperator(risk, 0, settings.Samples),
        };
    }

    private static CurvatureProbeResult Criteria(EmpiricalRisk risk, ProbeSettings settings, int most) => CurvatureProbe.Run(risk, new CurvatureProbeOptions
    {
        Sizes = settings.Sizes ?? CurvatureProbe.LogarithmicSizes(1, most, 12),
        Sigmas = settings.Sigmas,
        Dimensions = settings.Dimensions,
        HessianSamples = settings.Samples,
        Lanczos = new LanczosOptions { Tolerance = settings.Tolerance },
        Seed = settings.Seed,
    });

    private static IEnumerable<string> Notes(EmpiricalRisk risk, EigenResult pairs, CurvatureProbeResult? criteria)
    {
        if (!pairs.Converged)
            yield return $"{pairs.ConvergedCount} of {pairs.Eigenvalues.Count} eigenpairs converged in {pairs.Products} products; the residuals say how good the others are";
        foreach (string note in criteria?.Notes ?? risk.Notes)
            yield return note;
    }
}
