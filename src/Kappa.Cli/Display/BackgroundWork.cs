using System.Runtime.ExceptionServices;
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
    internal static T Run<T>(Func<T> work, CancellationToken cancellation)
    {
        var running = new Running<T>(work, cancellation, ShortPatience);
        while (!running.Wait(LineInterval))
        {
        }
        return running.Result();
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
        var running = new Running<T>(work, cancellation, patience ?? Timeout.InfiniteTimeSpan);
        if (context.IsTerminal)
            ShowLive(running, picture);
        else
            ShowLines(context.Output, running, line);
        return running.Result();
    }

    private static void ShowLive<T>(Running<T> work, Func<IRenderable> picture) => AnsiConsole.Live(picture()).Start(live =>
    {
        bool isDone;
        do
        {
            isDone = work.Wait(FrameInterval);
            live.UpdateTarget(picture());
            live.Refresh();
        }
        while (!isDone);
    });

    private static void ShowLines<T>(TextWriter output, Running<T> work, Func<string> line)
    {
        while (!work.Wait(LineInterval))
            output.WriteLine(line());
        output.WriteLine(line());
    }

    private sealed class Running<T>
    {
        private readonly ManualResetEvent _ended = new(false);
        private readonly CancellationToken _cancellation;
        private readonly TimeSpan _patience;
        private T? _result;
        private Exception? _failure;

        internal Running(Func<T> work, CancellationToken cancellation, TimeSpan patience)
        {
            (_cancellation, _patience) = (cancellation, patience);
            new Thread(() =>
            {
                try
                {
                    _result = work();
                }
                catch (Exception error)
                {
                    _failure = error;
                }
                _ = _ended.Set();
            }) { Name = "Kappa work", IsBackground = true }.Start();
        }

        /// <summary>Waits so long at most; asked to stop, as long as the patience lasts.</summary>
        /// <returns>Whether the work ended.</returns>
        /// <exception cref="OperationCanceledException">It did not, and is left behind.</exception>
        internal bool Wait(TimeSpan most)
        {
            int which = WaitHandle.WaitAny([_ended, _cancellation.WaitHandle], most);
            if (which == 1 && !_ended.WaitOne(_patience))
                throw new OperationCanceledException(_cancellation);
            return which != WaitHandle.WaitTimeout;
        }

        internal T Result()
        {
            if (_failure is not null)
                ExceptionDispatchInfo.Throw(_failure);
            return _result!;
        }
    }
}
