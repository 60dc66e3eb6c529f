using Kappa.Cli.Display;
using Kappa.Lab.Reports;
using Kappa.Lab.Runs;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Tasks;

namespace Kappa.Cli;

/// <summary>Runs one comparison from its config to its report, and shows it.</summary>
internal sealed class ComparisonSession
{
    private readonly CommandContext _context;
    private readonly CancellationToken _cancellation;

    internal ComparisonSession(CommandContext context, CancellationToken cancellation) => (_context, _cancellation) = (context, cancellation);

    internal int Jobs { get; init; } = Environment.ProcessorCount;

    internal int Run(ComparisonConfig config, string? path, RunFolderMode mode, Func<string, string> resumeCommand)
    {
        RequireAvailable(config);
        var folder = RunFolder.Open(config, path, mode);
        var (part, finished) = Compare(config, folder);
        TextReport.Write(_context.Output, part.Findings, part.Name);
        if (_cancellation.IsCancellationRequested)
        {
            _context.Error.WriteLine($"interrupted with {finished} of {config.Trials().Count} trials finished. Continue with:\n  {resumeCommand(folder.FolderPath)}");
            return ExitCode.Interrupted;
        }
        _context.Output.WriteLine($"Report: {Path.GetFullPath(folder.ReportFile)}");
        return ExitCode.Done;
    }

    /// <summary>Prepares the task, runs the trials and writes their report; after an interruption, of what is finished.</summary>
    /// <returns>The report, and how many trials are finished.</returns>
    internal (ReportPart Part, int Finished) Compare(ComparisonConfig config, RunFolder folder)
    {
        var task = _context.Tasks.First(candidate => candidate.Name == config.Task.Name);
        var prepared = Prepare(task, config);
        var runner = new ComparisonRunner(config, prepared, folder);
        var results = ComparisonDisplay.Show(_context, config, folder, progress => runner.Run(Jobs, progress, _cancellation));
        var summary = Summarizer.Summarize(config, prepared, results);
        folder.WriteSummary(summary);
        // A run that was interrupted still gets its report; one that is interrupted while the report is made ends there.
        var cancellation = _cancellation.IsCancellationRequested ? CancellationToken.None : _cancellation;
        var part = ComparisonReport.Of(new ComparisonOutcome(config, prepared, folder, results, summary), cancellation);
        ReportWriter.Write(folder.ReportFile, new Report(config.Name, _context.Environment, [part]), cancellation);
        return (part, results.Count);
    }

    private void RequireAvailable(ComparisonConfig config)
    {
        if (_context.Tasks.First(task => task.Name == config.Task.Name).Unavailable is { } reason)
            throw new UsageException($"the task {config.Task.Name} cannot run here: {reason}");
    }

    private PreparedTask Prepare(LabTask task, ComparisonConfig config)
    {
        using var settings = System.Text.Json.JsonDocument.Parse(config.Task.Settings.ToJsonString());
        return ComparisonDisplay.ShowPreparation(_context, task.Name, progress => task.Prepare(settings.RootElement, progress, _cancellation));
    }
}
