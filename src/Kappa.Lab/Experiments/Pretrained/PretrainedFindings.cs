namespace Kappa.Lab.Experiments.Pretrained;

/// <summary>What the finished cells say.</summary>
internal static class PretrainedFindings
{
    private const string Missing = "–";

    internal static Findings Of(PretrainedSettings settings, CellResults results)
    {
        var sections = new List<FindingSection>();
        var headline = new List<string>();
        CellResult? trained = results.TryGet($"measure/{PretrainedExperiment.Trained}", out var found) ? found : null;
        CellResult? fresh = results.TryGet($"measure/{PretrainedExperiment.Fresh}", out found) ? found : null;
        if (trained is not null || fresh is not null)
            sections.AddRange([Distance(trained, fresh), Layers(trained, fresh)]);
        if (trained is not null)
        {
            sections.Add(Curvature(trained, fresh));
            headline.Add($"Mean |log scale| {Figures.Short(trained.Number("meanLogScale"))} as trained"
                + (fresh is null ? "" : $", {Figures.Short(fresh.Number("meanLogScale"))} at random"));
        }
        var resampling = new Bootstrap(Summarizer.Generator);
        var rows = settings.Arms().Select(arm => Row(arm, results, resampling)).OfType<ArmRow>().ToArray();
        if (rows.Length > 0)
        {
            sections.Add(new FindingSection(
                "Fine-tuning as it is and rescaled",
                "Each at its own best rate by the validation loss on further seeds. Medians over the seeds with 95% bootstrap intervals; differences seed by "
                + "seed, rescaled minus as it is. "
                + "An effect is told where the interval leaves out 0, excluded where all of it is within 5% of the median as it is, "
                + "and open otherwise.")
            {
                Table = new FindingTable(
                    ["trained", "optimizer", "rate as it is", "rescaled", "test loss as it is", "rescaled", "difference", "verdict", "accuracy as it is",
                        "difference", "verdict"],
                    [.. rows.Select(row => row.Cells)]) { IsGrouped = true },
                Plots = [.. settings.Arms().Select(arm => Sweep(arm, results)).OfType<LinePlot>()],
            });
            int Count(string beginning) => rows.Count(row => row.Verdict.StartsWith(beginning, StringComparison.Ordinal));
            headline.Add($"Of {rows.Length} ways to fine-tune, rescaling lowers the test loss in {Count("told: better")}, raises it in {Count("told: worse")}, "
                + $"changes it by less than 5% in {Count("excluded")}, and {Count("open")} are open");
        }
        return new Findings(headline.Count == 0 ? "No cell is finished yet." : $"{string.Join(". ", headline)}.", sections);
    }

    /// <summary>What an interval of differences says.</summary>
    internal static string VerdictOf(Interval difference, double scale, bool higherIsBetter)
    {
        if (double.IsNaN(difference.Estimate))
            return "open: one diverged";
        bool isSmall = Math.Max(Math.Abs(difference.Low), Math.Abs(difference.High)) <= PairedDifference.Small * scale;
        return difference.Low > 0 || difference.High < 0
            ? $"told: {(difference.Low > 0 == higherIsBetter ? "better" : "worse")}{(isSmall ? ", by less than 5%" : "")}"
            : isSmall ? "excluded within 5%" : "open";
    }

    private static FindingSection Distance(CellResult? trained, CellResult? fresh)
    {
        FindingCell[] Row(string title, CellResult one) =>
        [
            title, FindingCell.Of((long)one.Number("units")), FindingCell.Of((long)one.Number("leftAlone")), FindingCell.Of(one.Number("meanLogScale")),
            FindingCell.Of(one.Number("smallestScale")), FindingCell.Of(one.Number("largestScale")), FindingCell.Of(one.Number("gain")),
            FindingCell.Of(one.Number("functionInEvaluation")), FindingCell.Of(one.Number("functionInTraining")),
        ];
        List<FindingCell[]> rows = [];
        if (trained is not null)
            rows.Add(Row("trained on ImageNet", trained));
        if (fresh is not null)
            rows.Add(Row("random", fresh));
        return new FindingSection(
            "How far from path-conditioned",
            "The criterion falls by so much for each parameter; 0 is the path-conditioned point. The last two columns: the largest difference of outputs after "
            + "rescaling over the largest output, in evaluation and in training mode.")
        {
            Table = new FindingTable(
                ["network", "units", "channels left alone", "mean |log scale|", "smallest scale", "largest scale", "criterion's fall", "outputs, evaluation",
                    "outputs, training"],
                rows),
        };
    }

    private static FindingSection Layers(CellResult? trained, CellResult? fresh)
    {
        List<FindingCell[]> rows = [];
        var scales = Scales(trained);
        var freshScales = Scales(fresh);
        foreach (string layer in scales.Keys.Concat(freshScales.Keys).Distinct())
            rows.Add([layer, scales.GetValueOrDefault(layer, Missing), freshScales.GetValueOrDefault(layer, Missing)]);
        return new FindingSection("Scales of the units behind each layer", "Smallest, median and largest.")
        {
            Table = new FindingTable(["layer", "trained on ImageNet", "random"], rows),
            Plots =
            [
                new LinePlot(
                    "Median scale of the units behind each layer", "layer", "scale",
                    [.. Medians("trained on ImageNet", trained), .. Medians("random", fresh)]) { LogY = true },
            ],
        };
    }

    private static IEnumerable<PlotLine> Medians(string name, CellResult? result)
    {
        if (result is null)
            return [];
        double[] medians = [.. result.Value["scales"]!.AsArray().Select(layer => layer!["median"]?.GetValue<double>() ?? double.NaN)];
        return [new PlotLine(name, [.. Enumerable.Range(1, medians.Length).Select(place => (double)place)], medians)];
    }

    private static Dictionary<string, string> Scales(CellResult? result) => result is null ? [] : result.Value["scales"]!.AsArray().ToDictionary(
        layer => layer!["layer"]!.GetValue<string>(),
        layer => $"{Number(layer!, "smallest")}, {Number(layer!, "median")}, {Number(layer!, "largest")}");

    private static FindingSection Curvature(CellResult trained, CellResult? fresh)
    {
        JsonNode before = trained.Value["before"]!, after = trained.Value["after"]!;
        var random = fresh?.Value["before"];
        List<FindingCell[]> rows = [];
        double[] values = Numbers(before, "eigenvalues"), others = Numbers(after, "eigenvalues");
        rows.AddRange(values.Zip(others).Select((pair, i) =>
            (FindingCell[])[$"eigenvalue {i + 1} of the Hessian", FindingCell.Of(pair.First), FindingCell.Of(pair.Second), Missing]));
        rows.Add(["dormant share of units", Number(before, "dormant"), Number(after, "dormant"), random is null ? Missing : Number(random, "dormant")]);
        rows.Add(["silent share of units", Number(before, "silent"), Number(after, "silent"), random is null ? Missing : Number(random, "silent")]);
        foreach (var (index, one) in before["layers"]!.AsArray().Index())
        {
            rows.Add([$"{one!["layer"]!.GetValue<string>()}: singular values", Range(one), Range(after["layers"]![index]!),
                random is null ? Missing : Range(random["layers"]![index]!)]);
        }
        return new FindingSection(
            "Before and after: curvature, dormant units and singular values",
            "The Hessian of the cross-entropy over all parameters, in evaluation mode, with a head fitted to the same pictures. Units are dormant where their "
            + "mean magnitude is at most 0.025 of their layer's. The Hessian of the random network is not taken.")
        {
            Table = new FindingTable(["", "trained on ImageNet, as it is", "rescaled", "random, as it is"], rows),
        };
    }

    private static string Range(JsonNode layer) => $"{Number(layer, "smallest")} to {Number(layer, "largest")}";

    private static string Number(JsonNode of, string name) => Figures.Short(of[name] is { } value ? value.GetValue<double>() : double.NaN);

    private static double[] Numbers(JsonNode of, string name) =>
        [.. of[name]!.AsArray().Select(value => value is null ? double.NaN : value.GetValue<double>())];

    private static ArmRow? Row((string Part, string Optimizer) arm, CellResults results, Bootstrap resampling)
    {
        if (!results.TryGet(FineTuning.Key(arm.Part, arm.Optimizer, RescalingMethod.Plain), out var plain)
            || !results.TryGet(FineTuning.Key(arm.Part, arm.Optimizer, RescalingMethod.PathCond), out var rescaled))
        {
            return null;
        }
        (Interval Difference, string Verdict) Compare(string name, bool higherIsBetter)
        {
            var difference = resampling.MedianOrNaN([.. plain.Numbers(name).Zip(rescaled.Numbers(name), (one, other) => other - one)]);
            return (difference, VerdictOf(difference, Math.Abs(resampling.MedianOrNaN(plain.Numbers(name)).Estimate), higherIsBetter));
        }
        var (loss, verdict) = Compare("testLoss", higherIsBetter: false);
        var (accuracy, accuracyVerdict) = Compare("accuracy", higherIsBetter: true);
        return new ArmRow(
            [
                arm.Part, arm.Optimizer, Rate(plain), Rate(rescaled), FindingCell.Of(resampling.MedianOrNaN(plain.Numbers("testLoss"))),
                FindingCell.Of(resampling.MedianOrNaN(rescaled.Numbers("testLoss"))), FindingCell.Of(loss), verdict,
                FindingCell.Of(resampling.MedianOrNaN(plain.Numbers("accuracy"))), FindingCell.Of(accuracy), accuracyVerdict,
            ],
            verdict);
    }

    /// <summary>What the rates were chosen by.</summary>
    private static LinePlot? Sweep((string Part, string Optimizer) arm, CellResults results)
    {
        var lines = new List<PlotLine>();
        foreach (string method in (string[])[RescalingMethod.Plain, RescalingMethod.PathCond])
        {
            if (results.TryGet(FineTuning.Key(arm.Part, arm.Optimizer, method), out var found))
                lines.Add(new PlotLine(method, found.Numbers("rates"), found.Numbers("validationLosses")));
        }
        return lines.Count == 0 ? null : new LinePlot(
            $"{arm.Part}, {arm.Optimizer}: validation loss of each rate", "learning rate", "validation loss", lines) { LogX = true, LogY = true };
    }

    private static string Rate(CellResult result) =>
        Figures.Rate(result.Number("rate")) + (result.Value["atEdge"]!.GetValue<bool>() ? " (at an end)" : "");

    private sealed record ArmRow(FindingCell[] Cells, string Verdict);
}
