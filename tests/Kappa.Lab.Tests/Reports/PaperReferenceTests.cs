using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Reports;

/// <summary>What a paper reports stands beside ours: in a column, as a dashed line or as a mark, and in a sentence that cites it.</summary>
public sealed class PaperReferenceTests
{
    // They ask what no paper shows.
    private static readonly string[] Beyond =
    [
        "dopr/cartpole", "dopr/cartpole-flow", "dopr/text", "dopr/flow", "dopr/flow-digits", "dopr/all", "dopr/chunks", "pathcond/optimizers",
        "pathcond/pretrained", "curvature/optimizers",
    ];

    [Fact]
    public void Every_experiment_of_a_paper_says_what_the_paper_reports_or_goes_beyond_it()
    {
        string[] names = [.. KappaCatalog.Choices.Of<Experiment>().Where(one => Glossary.PaperOf(one.Paper) is not null).Select(one => one.FullName)];
        Assert.Equal(names.Order(), PaperReferences.Experiments.Concat(Beyond).Order());
        foreach (string name in PaperReferences.Experiments)
        {
            var experiment = KappaCatalog.Choices.Find<Experiment>(name);
            string said = Report(experiment, new Findings("", []), new CellResults([], 0)).Summary;
            Assert.Contains($"\n\nAfter {PaperReferences.Of(name)!.Place} of {Glossary.PaperOf(experiment.Paper)}. ", said, StringComparison.Ordinal);
            Assert.EndsWith($"{PaperReferences.Of(name)!.Says}", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_seconds_of_table_2_have_a_column_beside_each_of_ours()
    {
        string[] stages = ["parameters", "subspace", "surrogate", "direct", "quadratic", "moment", "residual"];
        var table = Section("curvature/table2", new JsonObject(stages.Select((stage, i) => KeyValuePair.Create<string, JsonNode?>(stage, i + 1.0)))).Table!;
        Assert.Equal(
            [
                "estimator", "stage I, subspace (s)", "stage I, subspace (s), the paper", "stage II, surrogate (s)", "stage II, surrogate (s), the paper",
                "stage III, criterion (s)", "stage III, criterion (s), the paper",
            ],
            table.Columns);
        Assert.Equal(["direct", "2 [2, 2]", "17.53 ± 0.53", "", "", "4 [4, 4]", "2.197 ± 0.013"], table.Rows[0].Select(cell => cell.Text));
        double?[][] theirs = [.. table.Rows.Select(row => new[] { row[2].Value, row[4].Value, row[6].Value })];
        Assert.Equal([[17.53, null, 2.197], [17.53, 1.777, 3.68e-3], [17.53, 1.777, 1.22e-4]], theirs);
    }

    [Fact]
    public void The_rate_of_the_theorem_goes_through_our_first_point()
    {
        var plot = Section("curvature/fig2", Curves(4, 9, 19)).Plots.Single();
        var theirs = plot.Lines.Single(line => line.IsReference);
        var ours = plot.Lines.First(line => line.Name.StartsWith("Delta_2^(", StringComparison.Ordinal));
        Assert.Equal([4, 9, 19], theirs.X);
        Assert.Equal(ours.Y[0], theirs.Y[0], 1e-15);
        Assert.Equal([ours.Y[0] / 4, ours.Y[0] / 16], theirs.Y.Skip(1).Select(value => Math.Round(value, 12)));
    }

    [Fact]
    public void A_ratio_of_one_is_drawn_over_all_k()
    {
        var theirs = Section("curvature/fig3", Curves(4, 9, 19)).Plots.Single().Lines.Single(line => line.IsReference);
        Assert.Equal([4, 19], theirs.X);
        Assert.Equal([1, 1], theirs.Y);
    }

    [Fact]
    public void Where_the_quadratic_model_ends_is_marked()
    {
        double[] errors = [.. Settings("curvature/fig4")["sigmas"]!.AsArray().Select(_ => 0.5)];
        var found = new JsonObject { ["taylor"] = CellResult.Json(errors), ["increment"] = CellResult.Json(errors), ["validSigma"] = 0.1 };
        var plot = Section("curvature/fig4", found).Plots.Single();
        Assert.Equal(new PlotMark(1e-3, "the paper: flat up to here"), Assert.Single(plot.Marks));
    }

    private static JsonObject Settings(string name) => KappaCatalog.Choices.Find<Experiment>(name).Settings(ExperimentScale.Short);

    /// <summary>Criteria that fall with k.</summary>
    private static JsonObject Curves(params double[] k)
    {
        var settings = Settings("curvature/fig3");
        double[] sigmas = [.. settings["sigmas"]!.AsArray().Select(sigma => (double)sigma!)];
        string[] names =
        [
            "Delta_1",
            .. sigmas.Select(sigma => FormattableString.Invariant($"Delta_2, sigma={sigma}")),
            .. from sigma in sigmas
               from dimension in settings["dimensions"]!.AsArray()
               select FormattableString.Invariant($"Delta_2^(D), D={dimension}, sigma={sigma}"),
        ];
        return new JsonObject
        {
            ["k"] = CellResult.Json(k), ["parameters"] = 1.0, ["loss"] = 1.0, ["validSigma"] = 1.0, ["eigenvalues"] = CellResult.Json([1]),
            ["curves"] = new JsonObject(names.Select((name, i) => KeyValuePair.Create<string, JsonNode?>(
                name, new JsonObject { ["value"] = CellResult.Json(k.Select(size => (i + 1) / size)), ["slope"] = -1.0 }))),
        };
    }

    /// <summary>The first section of the report of an experiment whose cells all found the same.</summary>
    private static FindingSection Section(string name, JsonObject found)
    {
        var experiment = KappaCatalog.Choices.Find<Experiment>(name);
        var plan = experiment.Plan(Settings(name), KappaCatalog.Choices);
        CellResult[] results = [.. plan.Cells.Select(cell => new CellResult(cell.Key, found.DeepClone().AsObject()))];
        var all = new CellResults(results, results.Length);
        return Report(experiment, plan.Conclude(all), all).Findings.Sections[0];
    }

    private static ReportPart Report(Experiment experiment, Findings findings, CellResults results) =>
        ExperimentReport.Of(experiment, experiment.Settings(ExperimentScale.Short), findings, results);
}
