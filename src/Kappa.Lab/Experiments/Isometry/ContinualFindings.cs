using static System.FormattableString;

namespace Kappa.Lab.Experiments.Isometry;

/// <summary>What a continual benchmark's results say.</summary>
internal sealed class ContinualFindings
{
    private const string Accuracy = "finalAccuracy";
    private readonly ContinualSettings _settings;
    private readonly MethodRuns[] _methods;

    private ContinualFindings(ContinualSettings settings, MethodRuns[] methods) => (_settings, _methods) = (settings, methods);

    internal static Findings Of(ContinualSettings settings, CellResults results, string description)
    {
        var methods = MethodRuns.Of(settings.Methods, settings.Seeds, results);
        return methods.Length == 0 ? new Findings("No run is finished yet.", []) : new ContinualFindings(settings, methods).All(description);
    }

    private Findings All(string description) => new(
        Headline(),
        [
            new FindingSection(
                "Accuracy",
                $"{description}\n\nOne network learns {_settings.Tasks} tasks in a row, {_settings.Epochs} passes over {_settings.Examples} pictures each. "
                + "Accuracy is that on the task's training pictures when it ends; online: before each step, on the batch about to be learned. "
                + $"Medians over {_settings.Seeds} seeds with 95% bootstrap intervals. Every method chose among the learning rates "
                + $"{string.Join(", ", _settings.LearningRates.Select(MethodRuns.Plain))} and three strengths of its own, by its mean accuracy over "
                + $"{_settings.TuningTasks} tasks with {_settings.TuningSeeds} other seed(s).")
            {
                Table = AccuracyTable(),
                Plots =
                [
                    Plot("Accuracy at the end of each task", "accuracy", Accuracy), Plot("Online accuracy", "accuracy", "onlineAccuracy"),
                    .. _methods.Any(HasTest) ? [Plot("Test accuracy at the end of each task", "accuracy", "testAccuracy")] : Array.Empty<LinePlot>(),
                ],
            },
            new FindingSection("The network", "The same runs. The table has the network after the last task.")
            {
                Table = new FindingTable(
                    ["method", "isometry it holds", .. NetworkDiagnosis.Numbers.Select(number => number.Title)],
                    [.. _methods.Select(runs => (string[])[runs.Method.Title, runs.Method.Reading, .. runs.Diagnosis()])]),
                Plots = [.. NetworkDiagnosis.Numbers.Select(number => Plot(NetworkDiagnosis.Heading(number.Title), "", number.Name, "diagnosedAt"))],
            },
            new FindingSection(
                "Tuning",
                "Mean accuracy at the end of tasks of every candidate. A choice at the edge of the learning rates is marked: the best may lie outside.")
            {
                Table = TuningTable(),
            },
            .. MethodRuns.Failures(_methods, "task", "Each was undone, and the run went on with the next one.\n\n"),
        ]);

    /// <summary>Every method's figures where there are few; else which are ahead and which lose, and the table has the figures.</summary>
    private string Headline()
    {
        const int Few = 4;
        int window = _settings.Window;
        if (_methods.Length <= Few)
        {
            return string.Join("\n\n", _methods.Select(runs =>
                $"{runs.Method.Title}: {MethodRuns.Percent(Mean(runs))} over all tasks, last {window} minus first {window}: {Points(Change(runs))} points"));
        }

        MethodRuns[] ranked = [.. _methods.OrderByDescending(runs => Mean(runs).Estimate)];
        string Named(MethodRuns runs) => $"{runs.Method.Title} {MethodRuns.Percent(Mean(runs))}";
        string Names(Func<Interval, bool> isIn) =>
            string.Join(", ", ranked.Where(runs => isIn(Change(runs))).Select(runs => runs.Method.Title).DefaultIfEmpty("none"));
        return $"Highest accuracy over all tasks: {string.Join(", ", ranked.Take(3).Select(Named))}; lowest: {Named(ranked[^1])}.\n\n"
            + $"Worse in the last {window} tasks than in the first {window}, by the whole interval: {Names(change => change.High < 0)}. "
            + $"Better: {Names(change => change.Low > 0)}.";
    }

    private FindingTable AccuracyTable() => new(
        [
            "method", "learning rate", "strength", "accuracy", $"first {_settings.Window}", $"last {_settings.Window}", "last - first", "online, last - first",
            "test, last - first",
        ],
        [.. _methods.Select(runs => new[]
        {
            runs.Method.Title, MethodRuns.Plain(runs.Results[0].Number("learningRate")) + (IsAtEdge(runs) ? " (edge)" : ""),
            $"{runs.Method.Strength} {MethodRuns.Plain(runs.Results[0].Number("strength"))}", MethodRuns.Percent(Mean(runs)),
            MethodRuns.Percent(runs.Median(result => First(result, Accuracy))), MethodRuns.Percent(runs.Median(result => Last(result, Accuracy))),
            Points(Change(runs)), Points(Change(runs, "onlineAccuracy")), HasTest(runs) ? Points(Change(runs, "testAccuracy")) : "",
        })]);

    private FindingTable TuningTable() => new(
        ["method", "learning rate", "strength", "accuracy", "chosen"],
        [.. _methods.SelectMany(runs =>
        {
            var result = runs.Results[0];
            double[] rates = result.Numbers("tuningRates"), strengths = result.Numbers("tuningStrengths"), accuracies = result.Numbers("tuningAccuracies");
            return rates.Select((rate, i) => new[]
            {
                runs.Method.Title, MethodRuns.Plain(rate), MethodRuns.Plain(strengths[i]), Invariant($"{100 * accuracies[i]:F1}"),
                rate != result.Number("learningRate") || strengths[i] != result.Number("strength") ? "" : IsAtEdge(runs) ? "yes, at the edge" : "yes",
            });
        })]);

    private LinePlot Plot(string title, string axis, string name, string? at = null) =>
        new(title, "task", axis, [.. _methods.Select(runs => runs.Line(name, at is null ? null : runs.Results[0].Numbers(at)))]);

    private static Interval Mean(MethodRuns runs) => runs.Median(result => result.Numbers(Accuracy).Average());

    private Interval Change(MethodRuns runs, string name = Accuracy) => runs.Median(result => Last(result, name) - First(result, name));

    private double First(CellResult result, string name) => result.Numbers(name).Take(_settings.Window).Average();

    private double Last(CellResult result, string name) => result.Numbers(name).TakeLast(_settings.Window).Average();

    private static bool IsAtEdge(MethodRuns runs) => runs.Results[0].Value["isAtEdge"]?.GetValue<bool>() ?? false;

    private static bool HasTest(MethodRuns runs) => runs.Results[0].Numbers("testAccuracy").Any(double.IsFinite);

    private static string Points(Interval value) =>
        Invariant($"{100 * value.Estimate:+0.0;-0.0;0.0} [{100 * value.Low:+0.0;-0.0;0.0}, {100 * value.High:+0.0;-0.0;0.0}]");
}
