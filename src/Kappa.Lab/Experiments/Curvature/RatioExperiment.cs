namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Figure 3 of arXiv 2604.14870: the subspace criterion over the full-space one.</summary>
internal sealed class RatioExperiment : CurvatureExperiment<DecaySettings>
{
    public override string Name => "fig3";

    public override string Summary => "Delta_2^(D) over Delta_2 across k, D and sigma: where a few directions of large curvature see what all parameters see.";

    protected override DecaySettings Short => new() { Networks = ["transformer"] };

    protected override DecaySettings Full =>
        new() { Seeds = 8, LargestK = 10_000, Points = 20, Steps = 3500, Width = 128, Layers = 4, HessianSamples = 256, Candidates = 16, FullSpaceProbes = 8 };

    private protected override (string Answer, FindingSection Section) Describe(
        DecaySettings settings, string network, string optimizer, IReadOnlyList<CellResult> found)
    {
        double[] k = found[0].Numbers("k");
        var lines = new List<PlotLine>();
        var rows = new List<IReadOnlyList<string>>();
        double worst = 0;
        foreach (double sigma in settings.Sigmas)
        {
            string full = Decay.NameOf(StabilizationCriterion.FullSpace, null, sigma);
            foreach (int dimension in settings.Dimensions)
            {
                double[][] ratios = [.. found.Select(result => Ratios(result, Decay.NameOf(StabilizationCriterion.Subspace, dimension, sigma), full))];
                lines.Add(Decay.Line(string.Create(CultureInfo.InvariantCulture, $"D={dimension}, sigma={sigma}"), k, ratios));
                double departure = Decay.Largest(ratios.SelectMany(values => values).Select(value => Math.Abs(value - 1)));
                if (sigma <= 1e-3)
                    worst = Math.Max(worst, departure);
                rows.Add([sigma.ToString("G2", CultureInfo.InvariantCulture), dimension.ToString(CultureInfo.InvariantCulture), Decay.Text(Decay.Mean([.. ratios.Select(values => values.Average())]), "F4"), departure.ToString("G3", CultureInfo.InvariantCulture)]);
            }
        }

        string answer = string.Create(CultureInfo.InvariantCulture, $"{network} by {optimizer} at most {worst:P2} from 1 at sigma <= 1e-3");
        return (answer, new FindingSection($"{network} by {optimizer}", "Both criteria in closed form. What parts them at large sigma is what the full space has beyond the subspace: sigma^2 (a tr(A) + |g|^2) and sigma^4 tr(A)^2 / 4 grow with the trace over all parameters.")
        {
            Table = new FindingTable(["sigma", "D", "mean ratio over k", "largest |ratio - 1|"], rows),
            Plots = [new LinePlot($"Delta_2^(D) / Delta_2: {network} by {optimizer}", "k", "ratio", lines) { LogX = true, LogY = true }],
        });
    }

    private protected override string Headline(DecaySettings settings, string[] answers) =>
        $"Ratio of the subspace criterion to the full-space one: {string.Join("; ", answers)}.";

    private protected override JsonObject Run(DecaySettings settings, string network, string optimizer, int seed, CellContext context) =>
        Decay.Run(settings, network, optimizer, seed, context);

    private static double[] Ratios(CellResult result, string subspace, string full) =>
        [.. Decay.Values(result, subspace).Zip(Decay.Values(result, full), (x, y) => x / y)];
}
