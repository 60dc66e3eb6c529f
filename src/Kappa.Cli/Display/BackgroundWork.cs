using Spectre.Console;
using Spectre.Console.Rendering;

namespace Kappa.Cli.Display;

/// <summary>Shows work while it runs on a thread of its own: redrawn on a terminal, a line now and then elsewhere.</summary>
/// <remarks>Work that is asked to stop is left behind where it takes longer than the patience there is with it: the process ends, and it with it. That is no
/// worse than a kill, which every file that Kappa writes survives.</remarks>
internal static class BackgroundWork
{
    /// <summary>How long work that has nothing of its own to save may go on once it is asked to stop.</summary>
    internal static readonly TimeSpan ShortPatience = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <summary>Does work that has nothing to save, and shows nothing.</summary>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    internal static T Run<T>(Func<T> work, CancellationToken cancellation) => Run(work, LineInterval, () => { }, cancellation, ShortPatience);

    /// <summary>Does work that has nothing to save, and shows how it goes in a line, where it takes so long that there is something to show: redrawn on a
    /// terminal and gone in the end, a line now and then elsewhere.</summary>
    /// <param name="context">Where a terminal is.</param>
    /// <param name="work">The work, which looks at the same token.</param>
    /// <param name="line">Where it stands; null where there is nothing to say.</param>
    /// <param name="lines">Takes the lines where there is no terminal.</param>
    /// <param name="cancellation">Asks it to stop.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    internal static T Watch<T>(CommandContext context, Func<T> work, Func<string?> line, TextWriter lines, CancellationToken cancellation)
    {
        bool isShown = false;
        try
        {
            return Run(work, context.IsTerminal ? FrameInterval : LineInterval, Show, cancellation, ShortPatience);
        }
        finally
        {
            if (isShown)
                context.Terminal.Write("\r\u001b[K");
        }

        void Show()
        {
            if (line() is not { } text)
                return;
            if (!context.IsTerminal)
            {
                lines.WriteLine(text);
                return;
            }
            context.Terminal.Write($"\r{VisibleText.Of(text)}\u001b[K");
            isShown = true;
        }
    }

    /// <summary>Does work and shows it.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="work">The work, which looks at the same token.</param>
    /// <param name="picture">Where it stands, for a terminal.</param>
    /// <param name="line">Where it stands, in a line.</param>
    /// <param name="cancellation">Asks it to stop.</param>
    /// <param name="patience">How long it may go on then; null for as long as its checkpoints take.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    internal static T Show<T>(
        CommandContext context, Func<T> work, Func<IRenderable> picture, Func<string> line, CancellationToken cancellation, TimeSpan? patience = null)
    {
        var most = patience ?? Timeout.InfiniteTimeSpan;
        return !context.IsTerminal
            ? Run(work, LineInterval, () => context.Output.WriteLine(line()), cancellation, most)
            : AnsiConsole.Live(picture()).Start(live => Run(work, FrameInterval, () => Redraw(live), cancellation, most));

        void Redraw(LiveDisplayContext live)
        {
            live.UpdateTarget(picture());
            live.Refresh();
        }
    }

    private static T Run<T>(Func<T> work, TimeSpan interval, Action show, CancellationToken cancellation, TimeSpan patience)
    {
        var running = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var ended = ((IAsyncResult)running).AsyncWaitHandle;
        int which;
        do
        {
            which = WaitHandle.WaitAny([ended, cancellation.WaitHandle], interval);
            if (which == 1 && !ended.WaitOne(patience))
                throw new OperationCanceledException(cancellation);
            show();
        }
        while (which == WaitHandle.WaitTimeout);
        return running.GetAwaiter().GetResult();
    }
}
