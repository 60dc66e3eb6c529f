namespace Kappa.Lab.Reports;

/// <summary>What a probe found, as JSON for programs.</summary>
internal static class ProbeNumbers
{
    internal static JsonObject Of(TrainedModel model, ProbeOutcome outcome)
    {
        var pairs = outcome.Eigenpairs;
        var result = new JsonObject
        {
            ["checkpoint"] = model.Source.Origin,
            ["step"] = model.Source.Step,
            ["matrix"] = outcome.Settings.Matrix.ToString(),
            ["samples"] = outcome.Settings.Samples,
            ["validation"] = outcome.Settings.Validation,
            ["seed"] = outcome.Settings.Seed,
            ["parameters"] = outcome.ParameterCount,
            ["loss"] = CellResult.Json(outcome.Loss),
            ["gradientNorm"] = CellResult.Json(outcome.GradientNorm),
            ["eigenvalues"] = CellResult.Json(pairs.Eigenvalues),
            ["residuals"] = CellResult.Json(pairs.Residuals),
            ["converged"] = pairs.Converged,
            ["verified"] = pairs.Verified,
            ["verification"] = pairs.Verification.ToString(),
            ["basisSize"] = pairs.BasisSize,
            ["products"] = pairs.Products,
            ["trace"] = CellResult.Json(outcome.Trace.Trace),
            ["traceError"] = CellResult.Json(outcome.Trace.TraceError),
            ["squareTrace"] = CellResult.Json(outcome.Trace.SquareTrace),
            ["squareTraceError"] = CellResult.Json(outcome.Trace.SquareTraceError),
            ["seconds"] = CellResult.Json(outcome.Seconds),
        };
        if (outcome.Density is { } density)
        {
            result["density"] = new JsonObject
            {
                ["grid"] = CellResult.Json(density.Grid),
                ["density"] = CellResult.Json(density.Density),
                ["standardErrors"] = CellResult.Json(density.StandardErrors),
                ["bandwidth"] = CellResult.Json(density.Bandwidth),
            };
        }
        if (outcome.Criteria is { } criteria)
        {
            result["validSigma"] = CellResult.Json(criteria.Range.ValidUpTo);
            result["criteria"] = new JsonArray([.. criteria.Curves.Select(Curve)]);
        }
        return result;
    }

    private static JsonObject Curve(CriterionCurve curve) => new()
    {
        ["criterion"] = curve.Criterion.ToString(),
        ["dimension"] = curve.Dimension,
        ["sigma"] = curve.Sigma,
        ["k"] = new JsonArray([.. curve.Points.Select(point => (JsonNode)point.K)]),
        ["value"] = CellResult.Json(curve.Points.Select(point => point.Value)),
        ["standardError"] = CellResult.Json(curve.Points.Select(point => point.StandardError)),
        ["slope"] = CellResult.Json(curve.Slope()),
    };
}
