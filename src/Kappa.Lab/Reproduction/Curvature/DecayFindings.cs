using System.Globalization;
using Kappa.Curvature;

namespace Kappa.Lab.Reproduction.Curvature;

/// <summary>What the decay over k shows, model by model.</summary>
internal static class DecayFindings
{
    internal static Findings Of(DecaySettings settings, CellResults results)
    {
        var sections = new List<FindingSection>();
        var answers = new List<string>();
        string main = Decay.NameOf(StabilizationCriterion.Subspace, settings.Dimensions.Max(), settings.Sigmas.Where(sigma => sigma <= 1e-3).DefaultIfEmpty(settings.Sigmas.Min()).Max());
        foreach (var (network, optimizer, found) in ProbedModels.ByModel(settings, results))
        {
            double[] k = found[0].Numbers("k");
            var slope = Decay.Mean([.. found.Select(result => Decay.Slope(result, main))]);
            answers.Add($"{network} by {optimizer} {Decay.Text(slope)}");
            var rows = Decay.Names(settings).Select(name => (IReadOnlyList<string>)
            [
                name,
                .. new[] { 0, k.Length - 1 }.Select(i => found.Average(result => Decay.Values(result, name)[i]).ToString("G3", CultureInfo.InvariantCulture)),
                Decay.Text(Decay.Mean([.. found.Select(result => Decay.Slope(result, name))])),
            ]);
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{found[0].Number("parameters"):N0} parameters, loss {found.Average(result => result.Number("loss")):F3}, largest eigenvalue {Decay.Text(Decay.Mean([.. found.Select(result => result.Numbers("eigenvalues")[0])]), "G3")}. The quadratic model holds within 1% up to sigma = {found.Min(result => result.Number("validSigma")):G2} in every order of the samples. Slopes are of log(criterion) over log(k + 1), with 95% intervals over {found.Count} orders of the samples; each point is a mean over {settings.Candidates} added samples. The theory says -2 for the mean-squared criteria and -1 for Delta_1.");
            sections.Add(new FindingSection($"{network} by {optimizer}", text)
            {
                Table = new FindingTable(["criterion", $"k = {k[0]}", $"k = {k[^1]}", "slope"], [.. rows]),
                Plots = [new LinePlot($"Criteria over k: {network} by {optimizer}", "k", "criterion", [.. Decay.Names(settings).Select(name => Decay.Line(name, k, [.. found.Select(result => Decay.Values(result, name))]))]) { LogX = true, LogY = true }],
            });
        }

        return new Findings($"Slope of {main} over k: {string.Join("; ", answers)}. The rate of the theorem is -2.", sections);
    }
}
