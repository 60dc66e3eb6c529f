namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Figure 3 of arXiv 2604.14870: the subspace criterion over the full-space one.</summary>
internal sealed class RatioExperiment : CriteriaExperiment
{
    public override string Name => "fig3";

    public override string Summary => "Delta_2^(D) over Delta_2 across k, D and sigma: where a few directions of large curvature see what all parameters see.";

    protected override DecaySettings Short => new() { Networks = ["transformer"] };

    protected override DecaySettings Full => new DecaySettings().AtFullSize();

    private protected override ModelFinding Describe(DecaySettings settings, ProbedModel model, IReadOnlyList<CellResult> found)
    {
        double[] k = found[0].Numbers("k");
        var lines = new List<PlotLine>();
        var rows = new List<string[]>();
        double worst = 0;
        foreach (double sigma in settings.Sigmas)
        {
            foreach (int dimension in settings.Dimensions)
            {
                double[] Ratios(CellResult result) =>
                [
                    .. Values(result, NameOf(StabilizationCriterion.Subspace, dimension, sigma))
                        .Zip(Values(result, NameOf(StabilizationCriterion.FullSpace, null, sigma)), (x, y) => x / y),
                ];
                lines.Add(Line(FormattableString.Invariant($"D={dimension}, sigma={sigma}"), k, found, Ratios));
                double departure = Largest(found.SelectMany(Ratios).Select(value => Math.Abs(value - 1)));
                if (sigma <= 1e-3)
                    worst = Math.Max(worst, departure);
                string mean = Text(Mean(found, result => Ratios(result).Average()), "F4");
                rows.Add([FormattableString.Invariant($"{sigma:G2}"), $"{dimension}", mean, FormattableString.Invariant($"{departure:G3}")]);
            }
        }

        return new ModelFinding(
            FormattableString.Invariant($"{model.Title} at most {worst:P2} from 1 at sigma <= 1e-3"),
            "Both criteria in closed form. What parts them at large sigma is what the full space has beyond the subspace: "
            + "sigma^2 (a tr(A) + |g|^2) and sigma^4 tr(A)^2 / 4 grow with the trace over all parameters.",
            new FindingTable(["sigma", "D", "mean ratio over k", "largest |ratio - 1|"], rows),
            LogLog($"Delta_2^(D) / Delta_2: {model.Title}", "k", "ratio", lines));
    }

    private protected override string Headline(DecaySettings settings, string[] answers) =>
        $"Ratio of the subspace criterion to the full-space one: {string.Join("; ", answers)}.";
}
