using System.Runtime.InteropServices;

namespace Kappa.Cli;

/// <summary>Ctrl-C and termination: the first asks the work to stop, with a checkpoint where it writes any; the second ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TextWriter _error;
    private readonly string? _doing;
    private int _count;

    /// <summary>Listens from now on.</summary>
    /// <param name="error">Takes what is said at once.</param>
    /// <param name="doing">What the work does before it stops; null where it just stops.</param>
    internal Interruption(TextWriter error, string? doing = "writing checkpoints")
    {
        (_error, _doing) = (error, doing);
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    internal CancellationToken Token => _source.Token;

    /// <summary>Does work that has nothing to save when it is stopped; what it writes at the end, it writes after a last look at the token.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <param name="context">Where errors go.</param>
    /// <param name="work">The work.</param>
    /// <param name="line">Where it stands, which is no result; null where there is nothing to say.</param>
    internal static int Stoppable(CommandContext context, Func<CancellationToken, int> work, Func<string?>? line = null)
    {
        using var interruption = new Interruption(context.Error, doing: null);
        var cancellation = interruption.Token;
        return BackgroundWork.Watch(context, () => work(cancellation), line ?? (() => null), context.Error, cancellation);
    }

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _count) > 1)
            Environment.Exit(ExitCode.Interrupted);
        context.Cancel = true;
        if (_doing is not null)
            _error.WriteLine($"\ninterrupted: {_doing} (once more to stop at once)");
        _source.Cancel();
    }
}
