namespace Kappa.Lab.Experiments.Curvature;

/// <summary>What the decay over k shows, model by model.</summary>
internal static class DecayFindings
{
    internal static (string Answer, FindingSection Section) Of(DecaySettings settings, string network, string optimizer, IReadOnlyList<CellResult> found)
    {
        double[] k = found[0].Numbers("k");
        var slope = Decay.Mean([.. found.Select(result => Decay.Slope(result, Main(settings)))]);
        var rows = Decay.Names(settings).Select(name => (IReadOnlyList<string>)
        [
            name,
            .. new[] { 0, k.Length - 1 }.Select(i => found.Average(result => Decay.Values(result, name)[i]).ToString("G3", CultureInfo.InvariantCulture)),
            Decay.Text(Decay.Mean([.. found.Select(result => Decay.Slope(result, name))])),
        ]);
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{found[0].Number("parameters"):N0} parameters, loss {found.Average(result => result.Number("loss")):F3}, largest eigenvalue {Decay.Text(Decay.Mean([.. found.Select(result => result.Numbers("eigenvalues")[0])]), "G3")}. The quadratic model holds within 1% up to sigma = {found.Min(result => result.Number("validSigma")):G2} in every order of the samples. Slopes are of log(criterion) over log(k + 1), with 95% intervals over {found.Count} orders of the samples; each point is a mean over {settings.Candidates} added samples. The theory says -2 for the mean-squared criteria and -1 for Delta_1.");
        return ($"{network} by {optimizer} {Decay.Text(slope)}", new FindingSection($"{network} by {optimizer}", text)
        {
            Table = new FindingTable(["criterion", $"k = {k[0]}", $"k = {k[^1]}", "slope"], [.. rows]),
            Plots = [new LinePlot($"Criteria over k: {network} by {optimizer}", "k", "criterion", [.. Decay.Names(settings).Select(name => Decay.Line(name, k, [.. found.Select(result => Decay.Values(result, name))]))]) { LogX = true, LogY = true }],
        });
    }

    internal static string Headline(DecaySettings settings, string[] answers) =>
        $"Slope of {Main(settings)} over k: {string.Join("; ", answers)}. The rate of the theorem is -2.";

    /// <summary>The curve that the headline speaks of: the largest subspace, at the largest sigma at which the model is sure to hold.</summary>
    private static string Main(DecaySettings settings) =>
        Decay.NameOf(
            StabilizationCriterion.Subspace, settings.Dimensions.Max(),
            settings.Sigmas.Where(sigma => sigma <= 1e-3).DefaultIfEmpty(settings.Sigmas.Min()).Max());
}
