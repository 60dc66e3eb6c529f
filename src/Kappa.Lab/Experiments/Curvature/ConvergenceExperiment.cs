using static System.FormattableString;

namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Figure 5 of arXiv 2604.14870: how both sampling estimators converge to the closed form, at D = 10 and sigma = 1e-3.</summary>
internal sealed class ConvergenceExperiment : ModelErrorExperiment
{
    public override string Name => "fig5";

    public override string Summary => "Direct and quadratic sampling of Delta_2^(D) against the closed form, over the number of samples.";

    protected override ModelErrorSettings Short => new() { Sigmas = [1e-3], Samples = 128 };

    protected override ModelErrorSettings Full => Short.AtFullSize(4096);

    private protected override ModelFinding Describe(ModelErrorSettings settings, ProbedModel model, IReadOnlyList<CellResult> found)
    {
        double[] counts = found[0].Numbers("samples");
        double ErrorAt(string name, Index i) => found.Average(result => result.Numbers(name)[i]);
        string Short(string name, int i) => Invariant($"{ErrorAt(name, i):G3}");
        return new ModelFinding(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{model.Title}: direct within {ErrorAt("direct", ^1):G2}, quadratic within {ErrorAt("quadratic", ^1):G2} of the closed form "
                + $"after {counts[^1]:N0}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"k = {settings.K}, D = {settings.Dimensions.Max()}, sigma = {settings.Sigmas[0]}. "
                + $"|estimate - closed form| / closed form, mean over {found.Count} orders of the samples."),
            new FindingTable(
                ["samples", "direct", "quadratic"],
                [.. counts.Select((count, i) => new[] { Invariant($"{count:N0}"), Short("direct", i), Short("quadratic", i) })]),
            LogLog(
                $"Convergence to the closed form: {model.Network}", "samples", "relative error",
                [Line("direct", counts, found), Line("quadratic", counts, found)]));
    }

    private protected override string Headline(ModelErrorSettings settings, string[] answers) => string.Join("; ", answers) + ".";

    private protected override JsonObject Measure(Probed probed)
    {
        var (settings, risk, pairs, increment, seed, context) = probed;
        double sigma = settings.Sigmas[0];
        double exact = increment.GaussianMoment(sigma);
        var direct = DirectMonteCarlo.InSubspace(
            risk, pairs.Eigenvectors, [settings.K], sigma, settings.Samples, (ulong)seed, context.Cancellation, probed.Progress())[0].Increments;
        var generator = new Philox((ulong)seed).Split("fig5");
        double[] z = new double[increment.Dimension];
        double[] sampled = [.. Enumerable.Range(0, settings.Samples).Select(_ =>
        {
            generator.FillNormal(z, 0, sigma);
            return increment.Evaluate(z);
        })];
        int[] counts = [.. CurvatureProbe.LogarithmicSizes(Math.Min(4, settings.Samples), settings.Samples, 7)];
        double[] Errors(IReadOnlyList<double> increments) =>
            [.. counts.Select(count => Math.Abs(increments.Take(count).Average(value => value * value) - exact) / exact)];
        return new JsonObject
        {
            ["samples"] = CellResult.Json(counts.Select(count => (double)count)),
            ["direct"] = CellResult.Json(Errors(direct)),
            ["quadratic"] = CellResult.Json(Errors(sampled)),
            ["moment"] = CellResult.Json(exact),
        };
    }
}
