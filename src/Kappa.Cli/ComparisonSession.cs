using Kappa.Cli.Display;
using Kappa.Lab.Reports;
using Kappa.Lab.Runs;
using Kappa.Lab.Settings;
using Kappa.Lab.Studies.Compare;

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
        var section = Compare(config, run);
        if (_cancellation.IsCancellationRequested)
        {
            _context.Error.WriteLine($"interrupted with {section.Results.Count} of {config.Trials().Count} trials finished. Continue with:\n  {resumeCommand(run.FolderPath)}");
            return ExitCode.Interrupted;
        }
        WriteReport(section.Folder.ReportFile, config.Name, [section]);
        SummaryText.Write(_context.Output, section);
        _context.Output.WriteLine($"Report: {Path.GetFullPath(section.Folder.ReportFile)}");
        return ExitCode.Done;
    }

    internal static RunRequest Request(ComparisonConfig config) => new(ComparisonFolder.Kind, config.Name, SettingsOf<ComparisonConfig>.Write(config));

    /// <summary>Prepares the task and runs the trials; after an interruption, what is finished.</summary>
    internal ReportSection Compare(ComparisonConfig config, RunFolder run)
    {
        var (task, settings, _) = config.Task;
        var prepared = ComparisonDisplay.ShowPreparation(_context, task.Name, progress => task.Prepare(settings, progress, _cancellation));
        var runner = new ComparisonRunner(config, prepared);
        var results = ComparisonDisplay.Show(_context, config, run, progress => runner.Run(run, Jobs, progress, _cancellation));
        _context.Say(run);
        var summary = Summarizer.Summarize(config, prepared, results);
        var folder = new ComparisonFolder(run);
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
