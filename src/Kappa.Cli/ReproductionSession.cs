namespace Kappa.Cli;

/// <summary>Runs one experiment from its settings to its report, and shows it.</summary>
internal sealed class ReproductionSession(CommandContext context, CancellationToken cancellation)
{
    internal int Jobs { get; init; } = Environment.ProcessorCount;

    internal int Start(Experiment experiment, JsonObject settings, string? path, bool force) =>
        Run(experiment, settings, Request(experiment, settings) with { Path = path, Mode = force ? RunFolderMode.Force : RunFolderMode.Fresh });

    internal int Resume(string path, bool amend)
    {
        var manifest = RunFolder.Read(path, ExperimentFolder.Kind);
        var config = ExperimentConfig.Read(path, manifest);
        var experiment = context.Choices.Find<Experiment>(config.Experiment);
        return Run(experiment, config.Settings, Request(experiment, config.Settings) with { Path = path, Mode = RunFolderMode.Resume, Amend = amend });
    }

    private static RunRequest Request(Experiment experiment, JsonObject settings) =>
        new(ExperimentFolder.Kind, experiment.FullName, ExperimentFolder.ConfigOf(experiment, settings));

    private int Run(Experiment experiment, JsonObject settings, RunRequest request)
    {
        // A wrong setting, or a data set that is missing, is said before a folder is made.
        var plan = experiment.Plan(settings, context.Choices);
        RequireAvailable(experiment);
        using var run = RunFolder.Open(request);
        var board = new ExperimentBoard(plan, context.Clock);
        var runner = new ExperimentRunner(plan);
        try
        {
            var results = BackgroundWork.Show(
                context, () => runner.Run(run, Jobs, board, cancellation),
                () => ProgressBar.Of(board.Share(), board.StatusLine()), board.StatusLine, cancellation,
                BackgroundWork.ShortPatience);
            context.Say(run);
            cancellation.ThrowIfCancellationRequested();
            var findings = BackgroundWork.Run(() => WriteReport(experiment, settings, plan, run, results), cancellation);
            TextReport.Write(context.Output, findings);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            var finished = runner.Finished(new ExperimentFolder(run));
            context.Error.WriteLine(
                $"interrupted with {finished.Finished.Count} of {finished.Total} done. Continue with:\n"
                + $"  kappa reproduce --resume {CommandContext.Quote(run.FolderPath)}");
            return ExitCode.Interrupted;
        }
        context.Output.WriteLine($"Report: {Path.GetFullPath(run.PathOf(ReportWriter.PageName))}");
        return ExitCode.Done;
    }

    private Findings WriteReport(Experiment experiment, JsonObject settings, ExperimentPlan plan, RunFolder run, CellResults results)
    {
        var findings = plan.Conclude(results);
        var part = ExperimentReport.Of(experiment, settings, findings, results).With(run.Manifest.Amendments);
        ReportWriter.Write(run, new Report(experiment.FullName, context.Environment, [part]), cancellation);
        return findings;
    }

    private static void RequireAvailable(Experiment experiment)
    {
        if (experiment.Unavailable is { } reason)
            throw new UsageException($"{experiment.FullName} cannot run here: {reason}");
    }
}
