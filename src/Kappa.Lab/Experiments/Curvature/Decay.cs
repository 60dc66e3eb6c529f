namespace Kappa.Lab.Experiments.Curvature;

/// <summary>The criteria of a model over k, for one order of the samples; and what several orders say together.</summary>
internal static class Decay
{
    internal static JsonObject Run(DecaySettings settings, string network, string optimizer, int seed, CellContext context)
    {
        var model = ProbedModels.Load(settings, context, network, optimizer);
        var risk = ProbedModels.Risk(model, settings.LargestK + settings.Candidates, seed);
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
        }, context.Cancellation, new CellProgress(context, 0, 1));
        var curves = new JsonObject();
        foreach (var curve in result.Curves)
        {
            curves[NameOf(curve.Criterion, curve.Dimension, curve.Sigma)] = new JsonObject
            {
                ["value"] = CellResult.Json(curve.Points.Select(point => point.Value)),
                ["error"] = CellResult.Json(curve.Points.Select(point => point.StandardError)),
                ["slope"] = CellResult.Json(curve.Slope()),
            };
        }

        return new JsonObject
        {
            ["k"] = CellResult.Json(result.Curves[0].Points.Select(point => (double)point.K)),
            ["curves"] = curves,
            ["eigenvalues"] = CellResult.Json(result.Eigenpairs.Eigenvalues),
            ["converged"] = result.Eigenpairs.Converged,
            ["validSigma"] = CellResult.Json(result.Range.ValidUpTo),
            ["loss"] = CellResult.Json(risk.Value(0, settings.LargestK, context.Cancellation)),
            ["parameters"] = risk.Dimension,
        };
    }

    internal static string NameOf(StabilizationCriterion criterion, int? dimension, double? sigma) => criterion switch
    {
        StabilizationCriterion.Point => "Delta_1",
        StabilizationCriterion.FullSpace => string.Create(CultureInfo.InvariantCulture, $"Delta_2, sigma={sigma}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"Delta_2^(D), D={dimension}, sigma={sigma}"),
    };

    /// <summary>The names of every curve that settings ask for.</summary>
    internal static IEnumerable<string> Names(DecaySettings settings)
    {
        yield return NameOf(StabilizationCriterion.Point, null, null);
        foreach (double sigma in settings.Sigmas)
        {
            yield return NameOf(StabilizationCriterion.FullSpace, null, sigma);
            foreach (int dimension in settings.Dimensions)
                yield return NameOf(StabilizationCriterion.Subspace, dimension, sigma);
        }
    }

    internal static double[] Values(CellResult result, string curve, string field = "value") =>
        new CellResult(result.Key, result.Value["curves"]![curve]!.AsObject()).Numbers(field);

    internal static double Slope(CellResult result, string curve) => new CellResult(result.Key, result.Value["curves"]![curve]!.AsObject()).Number("slope");

    /// <summary>A mean over seeds and its interval; the bare value of a single one.</summary>
    internal static Interval Mean(IReadOnlyList<double> values) => values.Any(double.IsNaN)
        ? new Interval(double.NaN, double.NaN, double.NaN)
        : values.Count > 1
        ? Bootstrap.Mean(values, new Philox(0).Split("curvature"))
        : new Interval(values[0], double.NaN, double.NaN);

    internal static string Text(Interval interval, string format = "F2") => double.IsNaN(interval.Estimate)
        ? "not finite"
        : double.IsNaN(interval.Low)
        ? interval.Estimate.ToString(format, CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{interval.Estimate.ToString(format, CultureInfo.InvariantCulture)} [{interval.Low.ToString(format, CultureInfo.InvariantCulture)}, {interval.High.ToString(format, CultureInfo.InvariantCulture)}]");

    /// <summary>The largest of some numbers; NaN where one is NaN, which Enumerable.Max leaves out.</summary>
    internal static double Largest(IEnumerable<double> values) => values.Aggregate(double.NegativeInfinity, Math.Max);

    /// <summary>A line over k: the mean over seeds, and the range of them as a band.</summary>
    internal static PlotLine Line(string name, double[] k, IReadOnlyList<double[]> seeds)
    {
        double[] Each(Func<IEnumerable<double>, double> of) => [.. Enumerable.Range(0, k.Length).Select(i => of(seeds.Select(values => values[i])))];
        var line = new PlotLine(name, k, Each(values => values.Average()));
        return seeds.Count > 1 ? line with { Low = Each(values => values.Min()), High = Each(values => values.Max()) } : line;
    }
}
