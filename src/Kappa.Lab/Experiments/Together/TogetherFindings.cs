namespace Kappa.Lab.Experiments.Together;

/// <summary>What the finished arms say: each measure by arm, and the effects of the factors on it.</summary>
internal static class TogetherFindings
{
    internal static Findings Of(TogetherSettings settings, CellResults results)
    {
        var resampling = new Bootstrap(Summarizer.Generator);
        var sections = new List<FindingSection>();
        var headline = new List<string>();
        foreach (string network in settings.Steps.Keys)
        {
            var arms = TogetherSettings.ArmsOf(network).ToArray();
            var found = arms.Select(arm => results.TryGet(arm.Key, out var result) ? result : null).ToArray();
            if (found.All(result => result is null))
                continue;
            string metric = MetricOf(network);
            sections.Add(EveryArm(network, metric, arms, found, resampling));
            if (found.Any(result => result is null))
                continue;
            var designs = Measure.All.Select(measure => (Measure: measure, Design: DesignOf(measure, found!, resampling))).ToArray();
            sections.Add(Effects(network, metric, designs));
            sections.Add(Sums(network, metric, designs));
            headline.Add(Told(network, metric, designs.Single(pair => pair.Measure == Measure.Deployed).Design));
        }
        return new Findings(headline.Count == 0 ? "No network has all of its arms yet." : string.Join(" ", headline), sections);
    }

    private static string MetricOf(string network) =>
        network == StudiedNetwork.Transformer ? SumsNetwork.Metric : PictureNetwork.Metric;

    private static Factorial DesignOf(Measure measure, CellResult[] arms, Bootstrap resampling) =>
        new([.. arms.Select(arm => arm.Numbers(measure.Name).Select(measure.Scaled).ToArray())], resampling);

    private static string TitleOf(Measure measure, string metric) => measure == Measure.Deployed ? metric : measure.Title;

    private static FindingSection EveryArm(string network, string metric, Arm[] arms, CellResult?[] found, Bootstrap resampling)
    {
        var rows = arms.Zip(found).Where(pair => pair.Second is not null).Select(pair => (FindingCell[])
        [
            pair.First.Title,
            Figures.Rate(pair.Second!.Number("rate")) + (pair.Second.Value["atEdge"]!.GetValue<bool>() ? " (at an edge)" : ""),
            .. Measure.All.Select(measure => Median(pair.Second.Numbers(measure.Name), resampling)),
        ]);
        return new FindingSection(
            $"{network}: every arm",
            "Each at its own best rate by the validation loss on a further seed, out of lists that grow while the best rate is at an edge. Medians over the "
            + "seeds with 95% bootstrap intervals; the number that diverged where some did.")
        {
            Table = new FindingTable(["arm", "rate", .. Measure.All.Select(measure => TitleOf(measure, metric))], [.. rows]) { TerminalColumns = 5 },
            Plots = [Plane(network, metric, arms, found)],
        };
    }

    private static FindingCell Median(double[] values, Bootstrap resampling)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        int lost = values.Length - finite.Length;
        return lost == 0 ? FindingCell.Of(resampling.Median(values)) : $"{lost} of {values.Length} diverged";
    }

    private static FindingSection Effects(string network, string metric, (Measure Measure, Factorial Design)[] designs)
    {
        var rows = new List<FindingCell[]>();
        void Row(string title, Factor factors) =>
            rows.Add([title, .. designs.Select(pair => pair.Measure.Cell(pair.Design.Effect((int)factors)))]);
        foreach (var (factor, title) in Arm.Named)
            Row(title, factor);
        for (int first = 0; first < Arm.Named.Count; first++)
        {
            foreach (var (factor, title) in Arm.Named.Skip(first + 1))
                Row($"{Arm.Named[first].Title} × {title}", Arm.Named[first].Factor | factor);
        }
        return new FindingSection(
            $"{network}: effects of the methods",
            "A main effect is the mean with the method minus the mean without it, over all combinations of the others; an interaction is half of what the one "
            + "changes in the effect of the other. Of losses, Delta_2^(D) and the Jacobian effects are factors (differences of logarithms), of the rest "
            + "differences. Means over the seeds with 95% bootstrap intervals; marked where the interval leaves out no effect. With seven measures and ten "
            + "rows, three or four of 70 are expected to be marked by chance.")
        {
            Table = new FindingTable(["effect", .. designs.Select(pair => TitleOf(pair.Measure, metric))], [.. rows]) { TerminalColumns = 4 },
        };
    }

    private static FindingSection Sums(string network, string metric, (Measure Measure, Factorial Design)[] designs) => new(
        $"{network}: do they add up?",
        "What each method alone changes beside plain AdamW, the sum of these (of factors the product), what all four together change, and how far that is "
        + "from the sum; marked where the interval leaves out none.")
    {
        Table = new FindingTable(
            ["measure", .. Arm.Named.Select(one => $"{one.Title} alone"), "sum", "together", "beyond the sum"],
            [.. designs.Select(pair => (FindingCell[])
            [
                TitleOf(pair.Measure, metric), .. Arm.Named.Select(one => pair.Measure.Cell(pair.Design.Over((int)one.Factor))),
                pair.Measure.Cell(pair.Design.SumOfAlone()), pair.Measure.Cell(pair.Design.Over((int)Arm.All[^1])), pair.Measure.Cell(pair.Design.BeyondSum()),
            ])]) { TerminalColumns = 1 + Arm.Named.Count },
    };

    /// <summary>Each seed of each arm, trained and deployed.</summary>
    private static LinePlot Plane(string network, string metric, Arm[] arms, CellResult?[] found) => new(
        $"{network}: trained and deployed", Measure.Speed.Title, metric,
        [
            .. arms.Zip(found).Where(pair => pair.Second is not null).Select(pair => new PlotLine(
                pair.First.Title, pair.Second!.Numbers(Measure.Speed.Name), pair.Second.Numbers(Measure.Deployed.Name)) { PointsOnly = true }),
        ])
    {
        LogX = true,
    };

    private static string Told(string network, string metric, Factorial design)
    {
        var told = Arm.Named.Select(one => (one.Title, Effect: design.Effect((int)one.Factor)))
            .Where(one => one.Effect is { } effect && Measure.IsTold(effect)).Select(one => $"{one.Title} {Measure.Deployed.Cell(one.Effect).Text}").ToArray();
        string effects = told.Length == 0 ? "no main effect is told" : string.Join(", ", told);
        string together = design.BeyondSum() switch
        {
            null => "diverged runs leave the sum open",
            { Low: > 0 } more => $"together more than their sum by {Figures.Short(more)}",
            { High: < 0 } less => $"together less than their sum by {Figures.Short(less)}",
            _ => "together not told from their sum",
        };
        return $"{network}, {metric}: {effects}; {together}.";
    }
}
