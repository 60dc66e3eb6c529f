using Spectre.Console;

namespace Kappa.Cli.Display;

/// <summary>Shows a comparison while it runs: a live table on a terminal, a line now and then elsewhere.</summary>
internal static class ComparisonDisplay
{
    internal static PreparedTask ShowPreparation(
        CommandContext context, string task, Func<IProgress<double>?, PreparedTask> prepare, CancellationToken cancellation)
    {
        if (!context.IsTerminal)
        {
            context.Output.WriteLine($"preparing {task} ...");
            return BackgroundWork.Run(() => prepare(null), cancellation);
        }
        return AnsiConsole.Progress().AutoClear(true).Start(progress =>
        {
            var bar = progress.AddTask($"preparing {task}", maxValue: 1);
            return BackgroundWork.Run(() => prepare(new Callback(share => bar.Value = share)), cancellation);
        });
    }

    internal static IReadOnlyList<TrialResult> Show(
        CommandContext context, ComparisonConfig config, RunFolder folder, Func<IProgress<TrialProgress>, IReadOnlyList<TrialResult>> run,
        CancellationToken cancellation)
    {
        var board = new TrialBoard(config, context.Clock);
        context.Output.WriteLine($"{config.Name}: {config.Trials().Count} trials into {folder.Place}");
        try
        {
            return BackgroundWork.Show(context, () => run(board), () => LiveTable.Of(board), board.StatusLine, cancellation);
        }
        finally
        {
            foreach (string warning in board.Warnings())
                context.Error.WriteLine($"warning: {warning}");
        }
    }

    private sealed class Callback(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
