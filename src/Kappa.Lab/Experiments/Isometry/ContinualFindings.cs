namespace Kappa.Lab.Experiments.Isometry;

/// <summary>What a continual benchmark's results say.</summary>
internal static class ContinualFindings
{
    private const string Accuracy = "finalAccuracy";

    internal static Findings Of(ContinualSettings settings, CellResults results, string description)
    {
        MethodRuns[] methods = [.. settings.Methods.Select(method => new MethodRuns(settings, method, results)).Where(runs => runs.Results.Count > 0)];
        if (methods.Length == 0)
            return new Findings("No run is finished yet.", []);
        return new Findings(
            Headline(settings, methods),
            [
                new FindingSection("Accuracy", description + "\n\n"
                    + $"One network learns {settings.Tasks} tasks in a row, {settings.Epochs} passes over {settings.Examples} pictures each. Accuracy is that on the task's training pictures when it ends; online: before each step, on the batch about to be learned. "
                    + $"Medians over {settings.Seeds} seeds with 95% bootstrap intervals. Every method chose among the learning rates {string.Join(", ", settings.LearningRates.Select(Number))} and three strengths of its own, by its mean accuracy over "
                    + $"{settings.TuningTasks} tasks with {settings.TuningSeeds} other seed(s).")
                {
                    Table = AccuracyTable(settings, methods),
                    Plots = [Plot("Accuracy at the end of each task", "accuracy", methods, Accuracy), Plot("Online accuracy", "accuracy", methods, "onlineAccuracy"), .. TestPlots(methods)],
                },
                new FindingSection("The network", "The same runs. The table has the network after the last task.")
                {
                    Table = DiagnosisTable(methods),
                    Plots = [.. NetworkDiagnosis.Numbers.Select(number => Plot(Capitalized(number.Title), "", methods, number.Name))],
                },
                new FindingSection("Tuning", "Mean accuracy at the end of tasks of every candidate. A choice at the edge of the learning rates is marked: the best may lie outside.") { Table = TuningTable(methods) },
                .. Failures(methods),
            ]);
    }

    /// <summary>Every method's figures where there are few; else which are ahead and which lose, and the table has the figures.</summary>
    private static string Headline(ContinualSettings settings, MethodRuns[] methods)
    {
        const int Few = 4;
        if (methods.Length <= Few)
        {
            return string.Join("\n\n", methods.Select(runs =>
                $"{runs.Method.Title}: {Percent(runs.Of(runs.Mean))} over all tasks, last {settings.Window} minus first {settings.Window}: {Points(runs.Of(runs.Change))} points"));
        }

        MethodRuns[] ranked = [.. methods.OrderByDescending(runs => runs.Of(runs.Mean).Estimate)];
        string Names(Func<Interval, bool> isIn)
        {
            string[] titles = [.. ranked.Where(runs => isIn(runs.Of(runs.Change))).Select(runs => runs.Method.Title)];
            return titles.Length == 0 ? "none" : string.Join(", ", titles);
        }
        return $"Highest accuracy over all tasks: {string.Join(", ", ranked.Take(3).Select(runs => $"{runs.Method.Title} {Percent(runs.Of(runs.Mean))}"))}; lowest: {ranked[^1].Method.Title} {Percent(ranked[^1].Of(ranked[^1].Mean))}.\n\n"
            + $"Worse in the last {settings.Window} tasks than in the first {settings.Window}, by the whole interval: {Names(change => change.High < 0)}. Better: {Names(change => change.Low > 0)}.";
    }

    private static FindingTable AccuracyTable(ContinualSettings settings, MethodRuns[] methods) => new(
        ["method", "learning rate", "strength", "accuracy", $"first {settings.Window}", $"last {settings.Window}", "last - first", "online, last - first", "test, last - first"],
        [.. methods.Select(runs => (IReadOnlyList<string>)[
            runs.Method.Title, Number(runs.Results[0].Number("learningRate")) + (runs.IsAtEdge ? " (edge)" : ""), $"{runs.Method.Strength} {Number(runs.Results[0].Number("strength"))}",
            Percent(runs.Of(runs.Mean)), Percent(runs.Of(runs.First)), Percent(runs.Of(runs.Last)), Points(runs.Of(runs.Change)), Points(
                runs.Of(result => runs.ChangeOf(result, "onlineAccuracy"))),
            runs.HasTest ? Points(runs.Of(result => runs.ChangeOf(result, "testAccuracy"))) : "",
        ])]);

    private static FindingTable DiagnosisTable(MethodRuns[] methods) => new(
        ["method", "isometry it holds", .. NetworkDiagnosis.Numbers.Select(number => number.Title)],
        [.. methods.Select(runs => (IReadOnlyList<string>)[
            runs.Method.Title, runs.Method.Reading, .. NetworkDiagnosis.Numbers.Select(
                number => Plain(runs.Of(result => result.Numbers(number.Name).LastOrDefault(double.NaN)))),
        ])]);

    private static FindingTable TuningTable(MethodRuns[] methods) => new(
        ["method", "learning rate", "strength", "accuracy", "chosen"],
        [.. methods.SelectMany(runs =>
        {
            var result = runs.Results[0];
            double[] rates = result.Numbers("tuningRates"), strengths = result.Numbers("tuningStrengths"), accuracies = result.Numbers("tuningAccuracies");
            return Enumerable.Range(0, rates.Length).Select(i => (IReadOnlyList<string>)[
                runs.Method.Title, Number(rates[i]), Number(strengths[i]), (100 * accuracies[i]).ToString("F1", CultureInfo.InvariantCulture),
                rates[i] == result.Number("learningRate") && strengths[i] == result.Number("strength") ? (runs.IsAtEdge ? "yes, at the edge" : "yes") : "",
            ]);
        })]);

    private static IEnumerable<FindingSection> Failures(MethodRuns[] methods)
    {
        string[] lines = [.. methods.SelectMany(runs => runs.Results).Where(result => result.Numbers("nonFiniteTasks").Length > 0).Select(result =>
            $"{result.Key}: not finite in task {string.Join(", ", result.Numbers("nonFiniteTasks"))}. First: {result.Value["firstFailure"]}")];
        return lines.Length == 0 ? [] : [new FindingSection("Tasks that did not stay finite", "Each was undone, and the run went on with the next one.\n\n" + string.Join("\n\n", lines))];
    }

    private static IEnumerable<LinePlot> TestPlots(MethodRuns[] methods) =>
        methods.Any(runs => runs.HasTest) ? [Plot("Test accuracy at the end of each task", "accuracy", methods, "testAccuracy")] : [];

    private static LinePlot Plot(string title, string axis, MethodRuns[] methods, string name) =>
        new(title, "task", axis, [.. methods.Select(runs => runs.Line(name))]);

    private static string Percent(Interval value) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * value.Estimate:F1}% [{100 * value.Low:F1}, {100 * value.High:F1}]");

    private static string Points(Interval value) => string.Create(
        CultureInfo.InvariantCulture, $"{100 * value.Estimate:+0.0;-0.0;0.0} [{100 * value.Low:+0.0;-0.0;0.0}, {100 * value.High:+0.0;-0.0;0.0}]");

    private static string Plain(Interval value) => string.Create(CultureInfo.InvariantCulture, $"{value.Estimate:G3} [{value.Low:G3}, {value.High:G3}]");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>The finished runs of a method.</summary>
    private sealed class MethodRuns
    {
        private readonly int _window;

        internal MethodRuns(ContinualSettings settings, ContinualMethod method, CellResults results)
        {
            (_window, Method) = (settings.Window, method);
            Results = results.Of(Enumerable.Range(0, settings.Seeds).Select(seed => ContinualExperiment.KeyOf(method.Name, seed)));
        }

        internal ContinualMethod Method { get; }

        internal IReadOnlyList<CellResult> Results { get; }

        internal bool IsAtEdge => Results[0].Value["isAtEdge"]?.GetValue<bool>() ?? false;

        internal bool HasTest => Results[0].Numbers("testAccuracy").Any(double.IsFinite);

        internal double Mean(CellResult result) => result.Numbers(Accuracy).Average();

        internal double First(CellResult result) => result.Numbers(Accuracy).Take(_window).Average();

        internal double Last(CellResult result) => result.Numbers(Accuracy).TakeLast(_window).Average();

        internal double Change(CellResult result) => ChangeOf(result, Accuracy);

        internal double ChangeOf(CellResult result, string name) =>
            result.Numbers(name).TakeLast(_window).Average() - result.Numbers(name).Take(_window).Average();

        internal Interval Of(Func<CellResult, double> number) => Bootstrap.MedianOrNaN([.. Results.Select(number)], new Philox(0));

        /// <summary>The medians over seeds, with a band.</summary>
        internal PlotLine Line(string name)
        {
            double[][] values = [.. Results.Select(result => result.Numbers(name))];
            int count = values.Min(series => series.Length);
            double[] at = NetworkDiagnosis.Numbers.Any(
                number => number.Name == name) ? Results[0].Numbers("diagnosedAt") : [.. Enumerable.Range(1, count).Select(task => (double)task)];
            Interval[] intervals = [.. Enumerable.Range(0, count).Select(i => Bootstrap.MedianOrNaN([.. values.Select(series => series[i])], new Philox(0)))];
            return new PlotLine(Method.Title, at, [.. intervals.Select(i => i.Estimate)]) { Low = [.. intervals.Select(i => i.Low)], High = [.. intervals.Select(i => i.High)] };
        }
    }
}
