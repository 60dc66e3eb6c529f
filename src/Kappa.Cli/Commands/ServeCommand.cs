using System.CommandLine;
using System.Runtime.CompilerServices;
using Kappa.Lab.Watching;
using Kappa.Web;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa serve</c>.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 5272;

    internal static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("folder")
        {
            Description = "The folder that the runs are in, at any depth, or that of one run.",
            DefaultValueFactory = _ => "runs",
        };
        var port = Options.Number(
            "--port", DefaultPort, "Where it listens, 0 to 65535; 0 takes a port that is free.", text => Options.Whole(text) is >= 0 and <= ushort.MaxValue,
            $"an integer from 0 to {ushort.MaxValue}");
        return new Command(
            "serve",
            "Shows runs in a browser while they go on: where each stands, its learning curves, its report when it is finished.\n\n"
            + "Examples:\n"
            + "  kappa serve                        the runs in the folder runs, at http://127.0.0.1:5272/\n"
            + "  kappa serve experiments/may --port 8080\n"
            + "  kappa serve runs/first-1 --port 0\n\n"
            + "Pages follow the runs by themselves. Nothing is written, and nobody but this machine is answered; from elsewhere:\n"
            + $"ssh -L {DefaultPort}:127.0.0.1:{DefaultPort} <machine>. Ctrl-C ends it, and no run with it.")
        {
            folder, port,
        }.Does(parsed => Interruption.Stoppable(
            context, cancellation => Serve(context, parsed.GetRequiredValue(folder), parsed.GetValue(port), cancellation)));
    }

    // A method of its own, so that other commands do not load the web server.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Serve(CommandContext context, string path, int port, CancellationToken cancellation)
    {
        var folder = new ShownFolder(path);
        var server = RunServer.StartAsync(new RunPages(folder, context.Choices), port).GetAwaiter().GetResult();
        try
        {
            context.Output.WriteLine($"Runs in {folder.FullPath}: {server.Address}");
            context.Output.WriteLine("Ctrl-C ends it.");
            _ = cancellation.WaitHandle.WaitOne();
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
