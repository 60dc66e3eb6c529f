namespace Kappa.Cli;

/// <summary>Runs one comparison from its config to its report, and shows it.</summary>
internal sealed class ComparisonSession
{
    private readonly CommandContext _context;
    private readonly CancellationToken _cancellation;

    internal ComparisonSession(CommandContext context, CancellationToken cancellation) => (_context, _cancellation) = (context, cancellation);

    internal int Jobs { get; init; } = Environment.ProcessorCount;

    internal int Run(ComparisonConfig config, string? path, RunFolderMode mode, bool amend, Func<string, string> resumeCommand)
    {
        RequireAvailable(config);
        using var run = RunFolder.Open(Request(config) with { Path = path, Mode = mode, Amend = amend });
        var (part, finished) = Compare(config, run);
        if (part is null)
        {
            _context.Error.WriteLine(
                $"interrupted with {finished} of {config.Trials().Count} trials finished. Continue with:\n  {resumeCommand(run.FolderPath)}");
            return ExitCode.Interrupted;
        }
        TextReport.Write(_context.Output, part.Findings, part.Name);
        _context.Output.WriteLine($"Report: {Path.GetFullPath(run.PathOf(ReportWriter.PageName))}");
        return ExitCode.Done;
    }

    internal static RunRequest Request(ComparisonConfig config) => new(ComparisonFolder.Kind, config.Name, SettingsOf<ComparisonConfig>.Write(config));

    /// <summary>Prepares the task, runs the trials and writes their report.</summary>
    /// <returns>The report, null after an interruption; and how many trials are finished.</returns>
    /// <exception cref="OperationCanceledException">Interrupted before the run began.</exception>
    internal (ReportPart? Part, int Finished) Compare(ComparisonConfig config, RunFolder run)
    {
        var (task, settings, _) = config.Task;
        var prepared = ComparisonDisplay.ShowPreparation(_context, task.Name, progress => task.Prepare(settings, progress, _cancellation), _cancellation);
        var runner = new ComparisonRunner(config, prepared);
        var results = ComparisonDisplay.Show(_context, config, run, progress => runner.Run(run, Jobs, progress, _cancellation), _cancellation);
        _context.Say(run);
        if (_cancellation.IsCancellationRequested)
            return (null, results.Count);
        try
        {
            return (BackgroundWork.Run(() => WriteReport(config, prepared, run, results), _cancellation), results.Count);
        }
        catch (OperationCanceledException)
        {
            return (null, results.Count);
        }
    }

    private ReportPart WriteReport(ComparisonConfig config, PreparedTask prepared, RunFolder run, IReadOnlyList<TrialResult> results)
    {
        var summary = Summarizer.Summarize(config, prepared, results);
        var folder = new ComparisonFolder(run);
        folder.WriteSummary(summary);
        var part = ComparisonReport.Of(new ComparisonOutcome(config, prepared, folder, results, summary), _cancellation).With(run.Manifest.Amendments);
        ReportWriter.Write(run, new Report(config.Name, _context.Environment, [part]), _cancellation);
        return part;
    }

    private static void RequireAvailable(ComparisonConfig config)
    {
        if (config.Task.Kind.Unavailable is { } reason)
            throw new UsageException($"the task {config.Task.Name} cannot run here: {reason}");
    }
}
