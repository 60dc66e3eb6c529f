using Kappa.Cli.Display;
using Kappa.Lab.Reports;
using Kappa.Lab.Runs;
using Kappa.Lab.Studies.Compare;

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
        var section = Compare(config, folder);
        WriteReport(folder.ReportFile, config.Name, [section]);
        SummaryText.Write(_context.Output, section);
        if (_cancellation.IsCancellationRequested)
        {
            _context.Error.WriteLine($"interrupted with {section.Results.Count} of {config.Trials().Count} trials finished. Continue with:\n  {resumeCommand(folder.FolderPath)}");
            return ExitCode.Interrupted;
        }
        _context.Output.WriteLine($"Report: {Path.GetFullPath(folder.ReportFile)}");
        return ExitCode.Done;
    }

    /// <summary>Prepares the task and runs the trials; after an interruption, what is finished.</summary>
    internal ReportSection Compare(ComparisonConfig config, RunFolder folder)
    {
        var (task, settings, _) = config.Task;
        var prepared = ComparisonDisplay.ShowPreparation(_context, task.Name, progress => task.Prepare(settings, progress, _cancellation));
        var runner = new ComparisonRunner(config, prepared, folder);
        var results = ComparisonDisplay.Show(_context, config, folder, progress => runner.Run(Jobs, progress, _cancellation));
        var summary = Summarizer.Summarize(config, prepared, results);
        folder.WriteSummary(summary);
        return new ReportSection(config, prepared, folder, results, summary);
    }

    internal void WriteReport(string path, string title, IReadOnlyList<ReportSection> sections) =>
        ReportWriter.Write(path, title, RunEnvironment.Describe(_context.CommandLine, _context.Clock), sections);

    private static void RequireAvailable(ComparisonConfig config)
    {
        if (config.Task.Kind.Unavailable is { } reason)
            throw new UsageException($"the task {config.Task.Name} cannot run here: {reason}");
    }
}
