namespace Kappa.Lab.Experiments.Curvature;

/// <summary>An experiment that follows the criteria of a model over k.</summary>
internal abstract class CriteriaExperiment : CurvatureExperiment<DecaySettings>
{
    private protected sealed override JsonObject Run(DecaySettings settings, ProbedModel model, int seed, CellContext context)
    {
        var risk = model.Risk(context, settings.LargestK + settings.Candidates, seed);
        using var result = CurvatureProbe.Run(risk, new CurvatureProbeOptions
        {
            Sizes = CurvatureProbe.LogarithmicSizes(Math.Min(4, settings.LargestK), settings.LargestK, settings.Points),
            Dimensions = settings.Dimensions,
            Sigmas = settings.Sigmas,
            HessianSamples = Math.Min(settings.HessianSamples, settings.LargestK),
            Candidates = settings.Candidates,
            FullSpaceProbes = settings.FullSpaceProbes,
            Lanczos = new LanczosOptions { Tolerance = settings.Tolerance },
            Seed = (ulong)seed,
        }, context.Cancellation, new DirectProgress<SolverProgress>(progress => context.Report(progress.Share)));
        return new JsonObject
        {
            ["k"] = CellResult.Json(result.Curves[0].Points.Select(point => (double)point.K)),
            ["curves"] = new JsonObject(result.Curves.Select(curve => KeyValuePair.Create<string, JsonNode?>(
                NameOf(curve.Criterion, curve.Dimension, curve.Sigma),
                new JsonObject
                {
                    ["value"] = CellResult.Json(curve.Points.Select(point => point.Value)),
                    ["error"] = CellResult.Json(curve.Points.Select(point => point.StandardError)),
                    ["slope"] = CellResult.Json(curve.Slope()),
                }))),
            ["eigenvalues"] = CellResult.Json(result.Eigenpairs.Eigenvalues),
            ["converged"] = result.Eigenpairs.Converged,
            ["validSigma"] = CellResult.Json(result.Range.ValidUpTo),
            ["loss"] = CellResult.Json(risk.Value(0, settings.LargestK, context.Cancellation)),
            ["parameters"] = risk.Dimension,
        };
    }

    private protected static string NameOf(StabilizationCriterion criterion, int? dimension = null, double? sigma = null) => criterion switch
    {
        StabilizationCriterion.Point => "Delta_1",
        StabilizationCriterion.FullSpace => FormattableString.Invariant($"Delta_2, sigma={sigma}"),
        _ => FormattableString.Invariant($"Delta_2^(D), D={dimension}, sigma={sigma}"),
    };

    private protected static double[] Values(CellResult result, string curve) => CurveOf(result, curve).Numbers("value");

    private protected static double Slope(CellResult result, string curve) => CurveOf(result, curve).Number("slope");

    private static CellResult CurveOf(CellResult result, string curve) => new(result.Key, result.Value["curves"]![curve]!.AsObject());
}
