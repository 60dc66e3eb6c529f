using System.Runtime.ExceptionServices;
using Kappa.Lab.Comparison;
using Kappa.Lab.Tasks;
using Spectre.Console;

namespace Kappa.Cli.Display;

/// <summary>Shows a comparison while it runs: a live table on a terminal, a line now and then elsewhere.</summary>
internal static class ComparisonDisplay
{
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    internal static PreparedTask ShowPreparation(CommandContext context, string task, Func<IProgress<double>?, PreparedTask> prepare)
    {
        if (!context.IsTerminal)
        {
            context.Output.WriteLine($"preparing {task} ...");
            return prepare(null);
        }
        return AnsiConsole.Progress().AutoClear(true).Start(progress =>
        {
            var bar = progress.AddTask($"preparing {task}", maxValue: 1);
            return prepare(new Callback(share => bar.Value = share));
        });
    }

    internal static IReadOnlyList<TrialResult> Show(
        CommandContext context, ComparisonConfig config, RunFolder folder, Func<IProgress<TrialProgress>, IReadOnlyList<TrialResult>> run)
    {
        var board = new TrialBoard(config, context.Clock);
        context.Output.WriteLine($"{config.Name}: {config.Trials().Count} trials into {folder.FolderPath}");
        IReadOnlyList<TrialResult> results = [];
        Exception? failure = null;
        var work = new Thread(() =>
        {
            try
            {
                results = run(board);
            }
            catch (Exception error)
            {
                failure = error;
            }
        }) { Name = "Kappa comparison" };
        work.Start();
        if (context.IsTerminal)
            ShowLive(board, work);
        else
            ShowLines(context.Output, board, work);
        foreach (string warning in board.Warnings())
            context.Error.WriteLine($"warning: {warning}");
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return results;
    }

    private static void ShowLive(TrialBoard board, Thread work) => AnsiConsole.Live(LiveTable.Of(board)).Start(live =>
    {
        bool isDone;
        do
        {
            isDone = work.Join(FrameInterval);
            live.UpdateTarget(LiveTable.Of(board));
            live.Refresh();
        }
        while (!isDone);
    });

    private static void ShowLines(TextWriter output, TrialBoard board, Thread work)
    {
        while (!work.Join(LineInterval))
            output.WriteLine(board.StatusLine());
        output.WriteLine(board.StatusLine());
    }

    private sealed class Callback(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
