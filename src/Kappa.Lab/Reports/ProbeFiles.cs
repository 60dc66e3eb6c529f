namespace Kappa.Lab.Reports;

/// <summary>Writes what a probe found: <c>report.html</c> to read, <c>report.json</c> and <c>probe.json</c> for programs.</summary>
public static class ProbeFiles
{
    /// <summary>The figures.</summary>
    public const string NumbersName = "probe.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes all.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="environment">Where and by what it was made.</param>
    /// <param name="model">The model.</param>
    /// <param name="outcome">What was found.</param>
    /// <param name="findings">In words.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(RunPart folder, RunEnvironment environment, TrainedModel model, ProbeOutcome outcome, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(outcome);
        string numbers = Numbers(model, outcome).ToJsonString(Indented);
        folder.WriteText(NumbersName, numbers);
        var part = new ReportPart("the probe", $"The curvature of the loss at {model.Origin}.", findings, numbers);
        ReportWriter.Write(folder, new Report($"Curvature of {model.Config.Name}", environment, [part]));
    }

    private static JsonObject Numbers(TrainedModel model, ProbeOutcome outcome)
    {
        var pairs = outcome.Eigenpairs;
        var result = new JsonObject
        {
            ["checkpoint"] = model.Origin,
            ["step"] = model.Step,
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
