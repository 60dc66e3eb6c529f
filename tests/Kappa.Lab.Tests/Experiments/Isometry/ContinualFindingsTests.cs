using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.Isometry;

public sealed class ContinualFindingsTests
{
    [Fact]
    public void Of_many_methods_the_headline_names_the_highest_the_lowest_and_those_that_change_by_their_whole_interval()
    {
        string headline = Headline(("adamw", 0.9, 0.5), ("adamo", 0.8, 0.9), ("l2", 0.5, 0.5), ("redo", 0.6, 0.4), ("spectral", 0.95, 0.95));
        Assert.Contains(
            "Highest accuracy over all tasks: spectral regularisation 95.0% [95.0, 95.0], AdamO 85.0% [85.0, 85.0], AdamW 70.0% [70.0, 70.0]; lowest: ",
            headline, StringComparison.Ordinal);
        Assert.Contains(
            "Worse in the last 1 tasks than in the first 1, by the whole interval: AdamW, ReDo. Better: AdamO.", headline, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_few_methods_the_headline_has_the_figures_of_each()
    {
        string headline = Headline(("adamw", 0.9, 0.5), ("adamo", 0.8, 0.9));
        Assert.Equal(
            "AdamW: 70.0% [70.0, 70.0] over all tasks, last 1 minus first 1: -40.0 [-40.0, -40.0] points\n\n"
            + "AdamO: 85.0% [85.0, 85.0] over all tasks, last 1 minus first 1: +10.0 [+10.0, +10.0] points",
            headline);
    }

    [Fact]
    public void Remedies_leave_out_the_variant_that_only_saves_time()
    {
        Assert.Equal(11, ContinualMethods.Remedies.Length);
        Assert.Equal("adamo-every-10", Assert.Single(ContinualMethods.All.Except(ContinualMethods.Remedies).Select(method => method.Name)));
    }

    private static string Headline(params (string Method, double First, double Last)[] methods)
    {
        var settings = new ContinualSettings
        {
            Methods = [.. methods.Select(method => ContinualMethods.Find(method.Method))], Tasks = 2, Window = 1, Seeds = 1
        };
        CellResult[] results = [.. methods.Select(method => new CellResult($"{method.Method}/seed=0", Result(method.First, method.Last)))];
        return ContinualFindings.Of(settings, new CellResults(results, results.Length), "").Headline;
    }

    private static JsonObject Result(double first, double last)
    {
        var result = new JsonObject { ["learningRate"] = 1e-3, ["strength"] = 0.0 };
        foreach (string name in new[] { "finalAccuracy", "onlineAccuracy", "testAccuracy" })
            result[name] = new JsonArray(first, last);
        foreach (string name in new[] { "tuningRates", "tuningStrengths", "tuningAccuracies", "nonFiniteTasks" })
            result[name] = new JsonArray();
        foreach (var number in NetworkDiagnosis.Numbers)
            result[number.Name] = new JsonArray(1.0);
        result["diagnosedAt"] = new JsonArray(1.0);
        return result;
    }
}
