using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kappa.Pieces;

namespace Kappa.Lab.Studies.Probe;

/// <summary>Measures the curvature of a trained model.</summary>
public static class ModelProbe
{
    private const int TraceProducts = 32;

    /// <summary>Runs the probe.</summary>
    /// <param name="model">The model and its data.</param>
    /// <param name="settings">What to measure.</param>
    /// <param name="clock">What tells the time.</param>
    /// <param name="progress">Takes where it stands after each product, on the calling thread; may be null.</param>
    /// <param name="cancellation">Asked before each product.</param>
    /// <param name="processes">Who shares the batches of losses, gradients and products, each calling this; null for this process alone.</param>
    /// <exception cref="ConfigException">More is asked for than the model or the data have.</exception>
    /// <exception cref="RunFolderException">The processes were started with other settings, models, data or versions; the message names which.</exception>
    /// <exception cref="NonFiniteException">The loss of the checkpoint is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ProbeOutcome Run(
        TrainedModel model, ProbeSettings settings, TimeProvider clock, IProgress<ProbeProgress>? progress = null, CancellationToken cancellation = default,
        IProcessGroup? processes = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(clock);
        long start = clock.GetTimestamp();
        // Alone there is nobody to differ from, and all weights to hash.
        if (processes is { Size: > 1 })
            ProcessAgreement.Require(processes, JsonSerializer.Serialize(settings), Identity(model));
        try
        {
            int most = settings.Sizes is { Count: > 0 } sizes ? sizes.Max() : settings.Samples - 1;
            int needed = settings.Criteria ? Math.Max(settings.Samples, most + 1) : settings.Samples;
            var risk = model.Risk(needed, settings.Risk with { Processes = processes }, settings.Validation, settings.Seed);
            var matrix = Matrix(risk, settings);
            var pairs = Lanczos.Solve(
                matrix, settings.Top, new LanczosOptions { Tolerance = settings.Tolerance, Seed = settings.Seed }, cancellation,
                Of($"top {settings.Top} eigenvalues"));
            var trace = TraceEstimator.Hutchinson(matrix, new TraceOptions { Products = TraceProducts, Seed = settings.Seed }, cancellation, Of("traces"));
            var density = settings.Density ? SpectralDensity.Estimate(
                matrix, new DensityOptions { Seed = settings.Seed }, cancellation, Of("spectral density")) : null;
            var criteria = settings.Criteria ? CurvatureProbe.Run(risk, Options(settings, most), cancellation, Of("criteria")) : null;
            using var gradient = risk.Gradient(0, settings.Samples, cancellation);
            using var squared = gradient.Square().Sum();
            return new ProbeOutcome(
                settings, risk.Dimension, risk.Value(0, settings.Samples, cancellation), Math.Sqrt(squared.ToDouble()), pairs, trace, density, criteria,
                [.. Notes(risk, pairs, criteria)], clock.GetElapsedTime(start).TotalSeconds);
        }
        catch (ArgumentException error)
        {
            // What the library calls an argument is here a setting of the user's.
            throw new ConfigException(error.Message.Split(" (Parameter", 2)[0].ReplaceLineEndings(" "));
        }

        StageProgress? Of(string stage) => progress is null ? null : new StageProgress(stage, progress);
    }

    /// <summary>The matrix that settings name.</summary>
    /// <param name="risk">The mean loss.</param>
    /// <param name="settings">Which matrix, over how many samples.</param>
    public static SymmetricOperator Matrix(EmpiricalRisk risk, ProbeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Matrix switch
        {
            CurvatureMatrix.Hessian => new HessianOperator(risk, 0, settings.Samples),
            CurvatureMatrix.GaussNewton => new GaussNewtonOperator(risk, 0, settings.Samples),
            _ => new EmpiricalFisherOperator(risk, 0, settings.Samples),
        };
    }

    private static Dictionary<string, string> Identity(TrainedModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, tensor) in model.Model.Parameters())
            hash.AppendData(MemoryMarshal.AsBytes<double>(tensor.To(Device.Cpu).To(DataType.Float64).ToArray<double>()));
        return new Dictionary<string, string> { ["data"] = model.Data.Fingerprint, ["weights"] = Convert.ToHexString(hash.GetHashAndReset()) };
    }

    private static CurvatureProbeOptions Options(ProbeSettings settings, int most) => new()
    {
        Sizes = settings.Sizes ?? CurvatureProbe.LogarithmicSizes(1, most, 12),
        Sigmas = settings.Sigmas,
        Dimensions = settings.Dimensions,
        HessianSamples = settings.Samples,
        Lanczos = new LanczosOptions { Tolerance = settings.Tolerance },
        Seed = settings.Seed,
    };

    private static IEnumerable<string> Notes(EmpiricalRisk risk, EigenResult pairs, CurvatureProbeResult? criteria)
    {
        if (!pairs.Converged)
            yield return $"{pairs.ConvergedCount} of {pairs.Eigenvalues.Count} eigenpairs converged in {pairs.Products} products; "
                + "the residuals say how good the others are";
        else if (!pairs.Verified)
            yield return "the eigenpairs have converged, but whether one was missed, such as a further vector of a multiple eigenvalue, "
                + $"was not established: {pairs.NotVerifiedBecause}";
        foreach (string note in criteria?.Notes ?? risk.Notes)
            yield return note;
    }

    private sealed class StageProgress(string stage, IProgress<ProbeProgress> whole) : IProgress<SolverProgress>
    {
        public void Report(SolverProgress value) => whole.Report(new ProbeProgress(stage, value));
    }
}
