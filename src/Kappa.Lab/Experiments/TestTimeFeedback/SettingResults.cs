namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>What the finished cells of one setting hold.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Facts">What the report says of the task.</param>
/// <param name="Methods">The methods of which a reported run is finished.</param>
/// <param name="Times">What was measured of the time of steps; null where it was not.</param>
internal sealed record SettingResults(FeedbackSettings Settings, TaskFacts Facts, IReadOnlyList<MethodResult> Methods, StepTimes? Times)
{
    /// <summary>Optimizers and controls.</summary>
    internal IReadOnlyList<MethodResult> Main { get; } = [.. Methods.Where(method => method.Method.Ablation is null)];

    /// <summary>Every run of <see cref="Main"/> that was deployed. Ablations, which are much like each other, would outnumber the rest.</summary>
    internal IReadOnlyList<FeedbackRun> Deployed => [.. Main.SelectMany(method => method.All).Where(run => !run.Diverged)];

    /// <summary>Those at chosen rates on reported seeds.</summary>
    internal IReadOnlyList<FeedbackRun> ReportedAndDeployed => [.. Main.SelectMany(method => method.Reported).Where(run => !run.Diverged)];

    /// <summary>Gathers the results; null where no run is finished.</summary>
    internal static SettingResults? Of(FeedbackSettings settings, CellResults results)
    {
        var methods = settings.Methods.Select(method => Of(settings, method, results)).OfType<MethodResult>().ToArray();
        return TestTimeFeedbackExperiment.FactsOf(results) is { } facts && methods.Length > 0
            ? new SettingResults(settings, facts, methods, TestTimeFeedbackExperiment.TimesOf(results))
            : null;
    }

    private static MethodResult? Of(FeedbackSettings settings, FeedbackMethod method, CellResults results)
    {
        var runs = results.Of(Enumerable.Range(0, settings.Seeds).Select(seed => TestTimeFeedbackExperiment.RunKey(method, seed)));
        if (runs.Count == 0 || !results.TryGet(TestTimeFeedbackExperiment.TuningKey(method), out var tuning))
            return null;
        FeedbackRun[] byMetric = [.. runs.Select(run => FeedbackRun.Read(run.Value["byMetric"]!))];
        FeedbackRun[] byLoss = [.. runs.Select(run => FeedbackRun.Read(run.Value["byLoss"] ?? run.Value["byMetric"]!))];
        return new MethodResult(
            method, [.. tuning.Value["runs"]!.AsArray().Select(run => FeedbackRun.Read(run!))], byMetric, byLoss, byMetric[0].Candidate == byLoss[0].Candidate);
    }
}
