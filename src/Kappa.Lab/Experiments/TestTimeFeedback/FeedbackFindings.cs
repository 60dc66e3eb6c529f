namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>What the results of one setting say.</summary>
internal sealed class FeedbackFindings
{
    private readonly SettingResults _results;
    private readonly Bootstrap _resampling = NewBootstrap;

    private FeedbackFindings(SettingResults results) => _results = results;

    /// <summary>The source of every interval of a report.</summary>
    internal static Bootstrap NewBootstrap => new(new Philox(0));

    private TaskFacts Facts => _results.Facts;

    private string MetricTitle => $"{Facts.MetricName} ({(Facts.HigherIsBetter ? "higher" : "lower")} is better)";

    internal static Findings Of(SettingResults results) => new FeedbackFindings(results).All();

    private Findings All()
    {
        var byMetric = PairedDifference.OfMetric(_results, _resampling);
        var byLoss = PairedDifference.Of(_results, run => run.ValidationLoss, higherIsBetter: false, _resampling);
        var ranks = RankAgreement.Of(_results, _resampling);
        (PairedDifference Metric, PairedDifference Loss)[] pairs = [.. byMetric.Zip(byLoss)];
        var ablations = AblationTable.Of(_results, pairs, _resampling);
        FindingSection?[] sections = [Optimizers(), Pairs(pairs), ablations, Ranks(ranks), Others(), Tuning()];
        return new Findings(Headline(pairs, ranks), [.. sections.OfType<FindingSection>()]);
    }

    private string Headline((PairedDifference Metric, PairedDifference Loss)[] pairs, IReadOnlyList<RankAgreement> ranks)
    {
        var effects = pairs.Where(pair => pair.Metric.Method.Method.IsCompared).Select(pair =>
            $"{pair.Metric.Method.Method.Title} beside {pair.Metric.Reference.Method.Title}: {Facts.MetricName} {Signed(pair.Metric.Difference)} "
            + $"({pair.Metric.Verdict}), validation loss {Signed(pair.Loss.Difference)} ({pair.Loss.Verdict}).");
        var told = ranks.Where(rank => rank.All is not null).ToArray();
        string order = told.Length == 0 ? "" : "\n\nKendall's tau with the deployed metric over all runs: "
            + string.Join(", ", told.OrderByDescending(rank => rank.All!.Estimate).Select(rank => $"{rank.Predictor.Title} {Figures.Short(rank.All)}")) + ".";
        return string.Join("\n\n", effects) + order;
    }

    private FindingSection Optimizers()
    {
        var settings = _results.Settings;
        return new FindingSection(
            "What the deployed models do",
            $"{settings.Steps} steps of {settings.BatchSize} examples. Every method took the candidate with the best mean {Facts.MetricName} over "
                + $"{settings.TuningSeeds} "
            + $"tuning seeds, out of a grid that grows, by {settings.Extensions} rates at most, where the best lies at its edge; the last two columns are "
            + $"of the one "
            + $"that the validation loss would have chosen there. Medians over {settings.Seeds} further seeds with 95% bootstrap intervals; a run that "
            + $"diverged "
            + $"is counted and not averaged in. Seconds are wall-clock ones of training, with as many runs at once as were asked for.{TimesText}")
        {
            Table = new FindingTable(
                ["method", "rate", "validation loss", MetricTitle, "diverged", "seconds", "rate by validation loss", $"{Facts.MetricName} at it"],
                [.. _results.Main.Select(Row)]),
            Plots = Curves(),
        };
    }

    private string TimesText => _results.Times is not { } times ? "" :
        Figures.Say($" {_results.Methods[0].Method.Title} trains as long as {_results.Settings.Methods[1].Title} by {times.Factor:0.00} times the steps: ")
        + $"a step took {Figures.Duration(times.PlainSeconds)} and {Figures.Duration(times.PreconditionedSeconds)}, medians of {times.Turns} turns of "
        + $"{times.StepsOfTurn} steps, measured when the run began. This makes that control, and nothing else, differ between machines.";

    private FindingCell[] Row(MethodResult method) =>
    [
        method.Method.Title, method.ChosenText, FindingCell.Of(Median(method.ByMetric, run => run.ValidationLoss)),
        FindingCell.Of(Median(method.ByMetric, run => run.Metric)), FindingCell.Of((long)method.ByMetric.Count(run => run.Diverged)),
        FindingCell.Of(method.Seconds), method.AreSame ? "the same" : method.ByLoss[0].Candidate.Title,
        method.AreSame ? "" : FindingCell.Of(Median(method.ByLoss, run => run.Metric)),
    ];

    /// <summary>What verdicts mean.</summary>
    internal const string VerdictText =
        "An effect is told where the interval leaves out 0, excluded where all of it is within 5% of the reference's median (of a share: within 0.05), and "
        + "open otherwise; the seeds "
        + "expected to settle an open one are an estimate from the spread: as many as it takes where the median stays and the interval shrinks with the root "
        + "of their number.";

    private FindingSection Pairs((PairedDifference Metric, PairedDifference Loss)[] pairs) => new(
        "With and without activation preconditioning",
        $"Differences seed by seed, to the same optimizer without anything: median with 95% bootstrap interval. {VerdictText} Controls stand last.")
    {
        Table = new FindingTable(
            ["method", "beside", $"difference of {Facts.MetricName}", "verdict", "difference of validation loss", "verdict"],
            [.. pairs.Where(pair => pair.Metric.Method.Method.Ablation is null).Select(pair => (FindingCell[])
            [
                pair.Metric.Method.Method.Title, pair.Metric.Reference.Method.Title, Cell(pair.Metric.Difference), pair.Metric.Verdict,
                Cell(pair.Loss.Difference), pair.Loss.Verdict,
            ])]),
    };

    private FindingSection Ranks(IReadOnlyList<RankAgreement> ranks) => new(
        "Which measure ranks models as deployment does",
        $"Kendall's tau-b of each measure with the {Facts.MetricName}, positive where the smaller measure goes with the better deployment; 95% bootstrap "
        + "intervals over runs, which takes them as independent. All runs: every candidate rate, optimizer, control and seed that did not diverge; reported "
        + "runs: at chosen rates alone, where models are close.")
    {
        Table = new FindingTable(
            ["measure", "tau, all runs", "runs", "tau, reported runs", "note"],
            [.. ranks.Select(rank => (FindingCell[])
                [rank.Predictor.Title, FindingCell.Of(rank.All), FindingCell.Of((long)rank.Runs), FindingCell.Of(rank.Reported), rank.Note])]),
        Plots = [.. ranks.Where(rank => rank.Runs > 0).Select(Scatter)],
    };

    private LinePlot Scatter(RankAgreement rank) => new(
        $"{rank.Predictor.Title} and {Facts.MetricName}", rank.Predictor.Title, Facts.MetricName,
        [.. _results.Main.Select(method =>
        {
            var runs = RankAgreement.Having(method.All.Where(run => !run.Diverged), rank.Predictor);
            return new PlotLine(method.Method.Title, [.. runs.Select(run => run.Predictors[rank.Predictor.Name])], [.. runs.Select(run => run.Metric!.Value)])
            {
                PointsOnly = true,
                Hover = [.. runs.Select(run => FormattableString.Invariant($"rate {run.Candidate.Title}, seed {run.Seed}"))],
            };
        }).Where(line => line.X.Count > 0)]) { LogX = true, LogY = !Facts.HigherIsBetter };

    /// <summary>Figures of the deployment that the metric is not; none where there is none.</summary>
    private FindingSection? Others()
    {
        string[] names = [.. _results.Main.SelectMany(method => method.ByMetric).SelectMany(run => run.Scalars.Keys).Distinct()];
        return names.Length == 0 ? null : new FindingSection(
            "What else the deployed models do", "Medians over the reported seeds with 95% bootstrap intervals.")
        {
            Place = SectionPlace.Report,
            Table = new FindingTable(
                ["method", .. names],
                [.. _results.Main.Select(method => (FindingCell[])
                [
                    method.Method.Title,
                    .. names.Select(name => FindingCell.Of(Median(method.ByMetric, run => run.Scalars.TryGetValue(name, out double value) ? value : null))),
                ])]),
        };
    }

    private FindingSection Tuning() => new("Tuning", "Means over the tuning seeds of every candidate.")
    {
        Place = SectionPlace.Folded,
        Table = new FindingTable(
            ["method", "rate", "validation loss", Facts.MetricName, "diverged", "chosen"],
            [.. from method in _results.Methods
                from runs in method.Tuning.GroupBy(run => run.Candidate)
                let isChosen = runs.Key == method.Chosen
                select (FindingCell[])
                [
                    method.Method.Title, runs.Key.Title, Mean(runs, run => run.ValidationLoss), Mean(runs, run => run.Metric),
                    FindingCell.Of((long)runs.Count(run => run.Diverged)),
                    isChosen ? "by the metric" : runs.Key == method.ByLoss[0].Candidate ? "by the loss" : "",
                ]]),
    };

    private LinePlot[] Curves()
    {
        var finite = _results.Main.Select(method => (method.Method, Runs: method.ByMetric.Where(run => run.Curves.Count > 0).ToArray()))
            .Where(method => method.Runs.Length > 0).ToArray();
        return finite.Length == 0 ? [] : [.. finite[0].Runs[0].Curves.Select((curve, index) => new LinePlot(
            curve.Name, Facts.HorizonUnit, curve.Name, [.. finite.Select(method => Line(method.Method, [.. method.Runs.Select(run => run.Curves[index])]))])
            {
                LogY = curve.LogScale,
                KeepsBands = true,
            })];
    }

    private PlotLine Line(FeedbackMethod method, HorizonCurve[] curves)
    {
        Interval[] at = [.. Enumerable.Range(0, curves[0].Values.Count).Select(i => _resampling.MedianOrNaN([.. curves.Select(curve => curve.Values[i])]))];
        return new PlotLine(method.Title, curves[0].Horizons, [.. at.Select(one => one.Estimate)])
        {
            Low = [.. at.Select(one => one.Low)],
            High = [.. at.Select(one => one.High)],
        };
    }

    private Interval? Median(IEnumerable<FeedbackRun> runs, Func<FeedbackRun, double?> figure) => MedianOf(runs, figure, _resampling);

    /// <summary>The median of those that did not diverge; null where all did.</summary>
    internal static Interval? MedianOf(IEnumerable<FeedbackRun> runs, Func<FeedbackRun, double?> figure, Bootstrap resampling)
    {
        double[] values = [.. runs.Select(figure).OfType<double>()];
        return values.Length == 0 ? null : resampling.Median(values);
    }

    private static FindingCell Mean(IEnumerable<FeedbackRun> runs, Func<FeedbackRun, double?> figure)
    {
        double?[] values = [.. runs.Select(figure)];
        return values.Contains(null) ? "diverged" : FindingCell.Of(values.Average()!.Value);
    }

    /// <summary>A difference as a cell.</summary>
    internal static FindingCell Cell(Interval? difference) => new(Signed(difference)) { Interval = difference };

    /// <summary>A difference with its signs.</summary>
    internal static string Signed(Interval? difference)
    {
        static string Sign(double value) => (value > 0 ? "+" : "") + Figures.Short(value);
        return difference is null ? "–" : $"{Sign(difference.Estimate)} [{Sign(difference.Low)}, {Sign(difference.High)}]";
    }
}
