namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Figure 5 of arXiv 2604.14870: how both sampling estimators converge to the closed form, at D = 10 and sigma = 1e-3.</summary>
internal sealed class ConvergenceExperiment : ModelErrorExperiment
{
    public override string Name => "fig5";

    public override string Summary => "Direct and quadratic sampling of Delta_2^(D) against the closed form, over the number of samples.";

    protected override ModelErrorSettings Short => new() { Sigmas = [1e-3], Samples = 128 };

    protected override ModelErrorSettings Full => new() { Sigmas = [1e-3], Samples = 4096, Seeds = 8, Steps = 3500, Width = 128, Layers = 4 };

    private protected override (string Answer, FindingSection Section) Describe(
        ModelErrorSettings settings, string network, string optimizer, IReadOnlyList<CellResult> found)
    {
        double[] counts = found[0].Numbers("samples");
        var rows = counts.Select((count, i) => (IReadOnlyList<string>)
        [
            count.ToString("N0", CultureInfo.InvariantCulture),
            .. new[] { "direct", "quadratic" }.Select(name => found.Average(result => result.Numbers(name)[i]).ToString("G3", CultureInfo.InvariantCulture)),
        ]);
        double direct = found.Average(result => result.Numbers("direct")[^1]);
        string answer = string.Create(CultureInfo.InvariantCulture, $"{network} by {optimizer}: direct within {direct:G2}, quadratic within {found.Average(result => result.Numbers("quadratic")[^1]):G2} of the closed form after {counts[^1]:N0}");
        return (answer, new FindingSection($"{network} by {optimizer}", string.Create(CultureInfo.InvariantCulture, $"k = {settings.K}, D = {settings.Dimensions.Max()}, sigma = {settings.Sigmas[0]}. |estimate - closed form| / closed form, mean over {found.Count} orders of the samples."))
        {
            Table = new FindingTable(["samples", "direct", "quadratic"], [.. rows]),
            Plots = [new LinePlot($"Convergence to the closed form: {network}", "samples", "relative error", [.. new[] { "direct", "quadratic" }.Select(name => Decay.Line(name, counts, [.. found.Select(result => result.Numbers(name))]))]) { LogX = true, LogY = true }],
        });
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
        double[] Errors(
            IReadOnlyList<double> increments) => [.. counts.Select(count => Math.Abs(increments.Take(count).Average(value => value * value) - exact) / exact)];
        return new JsonObject
        {
            ["samples"] = CellResult.Json(counts.Select(count => (double)count)),
            ["direct"] = CellResult.Json(Errors(direct)),
            ["quadratic"] = CellResult.Json(Errors(sampled)),
            ["moment"] = CellResult.Json(exact),
        };
    }
}
