using System.Runtime.ExceptionServices;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Kappa.Cli.Display;

/// <summary>Shows work while it runs on a thread of its own: redrawn on a terminal, a line now and then elsewhere.</summary>
internal static class BackgroundWork
{
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    internal static T Show<T>(CommandContext context, Func<T> work, Func<IRenderable> picture, Func<string> line)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception error)
            {
                failure = error;
            }
        }) { Name = "Kappa work" };
        thread.Start();
        if (context.IsTerminal)
            ShowLive(thread, picture);
        else
            ShowLines(context.Output, thread, line);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return result!;
    }

    private static void ShowLive(Thread work, Func<IRenderable> picture) => AnsiConsole.Live(picture()).Start(live =>
    {
        bool isDone;
        do
        {
            isDone = work.Join(FrameInterval);
            live.UpdateTarget(picture());
            live.Refresh();
        }
        while (!isDone);
    });

    private static void ShowLines(TextWriter output, Thread work, Func<string> line)
    {
        while (!work.Join(LineInterval))
            output.WriteLine(line());
        output.WriteLine(line());
    }
}
