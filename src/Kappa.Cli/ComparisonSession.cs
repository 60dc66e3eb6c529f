using Kappa.Pieces;
using Spectre.Console;

namespace Kappa.Cli;

/// <summary>Runs a comparison from its config to its report, and shows it: a live table on a terminal, a line now and then elsewhere.</summary>
internal sealed class ComparisonSession(CommandContext context, int jobs, CancellationToken cancellation)
{
    /// <summary>The processes that share the trials, of which this is the first.</summary>
    internal IProcessGroup Processes { get; init; } = new SoleProcess();

    internal static RunRequest Request(ComparisonConfig config) => new(ComparisonFolder.Kind, config.Name, SettingsOf<ComparisonConfig>.Write(config));

    /// <summary>Prepares the task, runs the trials and writes their report.</summary>
    /// <returns>The report, null after an interruption; and how many trials are finished.</returns>
    /// <exception cref="OperationCanceledException">Interrupted before the run began.</exception>
    internal (ReportPart? Part, int Finished) Compare(ComparisonConfig config, RunFolder run)
    {
        var prepared = Prepare(config);
        // It makes every model once.
        var runner = BackgroundWork.Run(() => new ComparisonRunner(config, prepared) { Processes = Processes }, cancellation);
        var results = Train(config, runner, run);
        context.Say(run);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            return (context.WriteReport(run, config.Name, () => Conclude(config, prepared, run, results), cancellation), results.Count);
        }
        catch (OperationCanceledException)
        {
            return (null, results.Count);
        }
    }

    private PreparedTask Prepare(ComparisonConfig config)
    {
        var (task, settings, _) = config.Task;
        string doing = $"preparing {task.Name}";
        var reading = new ReadingBoard(context.Clock);
        if (context.IsTerminal)
        {
            return AnsiConsole.Progress().AutoClear(true).Start(progress =>
            {
                var bar = new Bar(progress.AddTask(doing, maxValue: 1), doing, reading);
                return BackgroundWork.Run(() => task.Prepare(settings, bar, cancellation), cancellation);
            });
        }
        context.Output.WriteLine($"{doing} ...");
        return BackgroundWork.Watch(context, () => task.Prepare(settings, reading, cancellation), reading.StatusLine, context.Output, cancellation);
    }

    private IReadOnlyList<TrialResult> Train(ComparisonConfig config, ComparisonRunner runner, RunFolder run)
    {
        var board = new TrialBoard(config, context.Clock);
        context.Output.WriteLine($"{config.Name}: {config.Trials().Count} trials into {run.Place}");
        try
        {
            return BackgroundWork.Show(
                context, () => runner.Run(run, jobs, board, cancellation), () => LiveTable.Of(board), board.StatusLine, cancellation);
        }
        finally
        {
            foreach (string warning in board.Warnings())
                context.Error.WriteLine($"warning: {warning}");
        }
    }

    private ReportPart Conclude(ComparisonConfig config, PreparedTask prepared, RunFolder run, IReadOnlyList<TrialResult> results)
    {
        var summary = Summarizer.Summarize(config, prepared, results);
        var folder = new ComparisonFolder(run);
        folder.WriteSummary(summary);
        return ComparisonReport.Of(new ComparisonOutcome(config, prepared, folder, results, summary), cancellation);
    }

    private sealed class Bar(ProgressTask bar, string doing, ReadingBoard reading) : IProgress<double>, IProgress<DataProgress>
    {
        public void Report(double value) => bar.Value = value;

        public void Report(DataProgress value)
        {
            reading.Report(value);
            bar.Value = value.Total > 0 ? value.Done / value.Total : 0;
            bar.Description = Markup.Escape(VisibleText.Of(reading.StatusLine() ?? doing));
        }
    }
}
