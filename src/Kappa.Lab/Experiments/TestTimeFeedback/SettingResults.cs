namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>What the finished cells of one setting hold.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Facts">What the report says of the task.</param>
/// <param name="Methods">The methods of which a reported run is finished.</param>
internal sealed record SettingResults(FeedbackSettings Settings, TaskFacts Facts, IReadOnlyList<MethodResult> Methods)
{
    /// <summary>Every run of the setting that was deployed.</summary>
    internal IReadOnlyList<FeedbackRun> Deployed => [.. Methods.SelectMany(method => method.All).Where(run => !run.Diverged)];

    /// <summary>Those at chosen rates on reported seeds.</summary>
    internal IReadOnlyList<FeedbackRun> ReportedAndDeployed => [.. Methods.SelectMany(method => method.Reported).Where(run => !run.Diverged)];

    /// <summary>Gathers the results; null where no run is finished.</summary>
    internal static SettingResults? Of(FeedbackSettings settings, CellResults results)
    {
        var methods = settings.Methods.Select(method => Of(settings, method, results)).OfType<MethodResult>().ToArray();
        return TestTimeFeedbackExperiment.FactsOf(results) is { } facts && methods.Length > 0 ? new SettingResults(settings, facts, methods) : null;
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
