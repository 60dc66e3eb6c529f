using Kappa.Pieces;

namespace Kappa.Lab.Runs;

/// <summary>Work in one folder that the processes of a job share: whoever makes the file of a piece of it, which only one can, does it.</summary>
/// <remarks>To make a file that is not there yet is atomic on a shared file system as well, even on those that lock no files. The folder of these files has a
/// name by which it is removed when the run is opened again, so that a job that was killed leaves nothing taken.</remarks>
internal sealed class SharedWork : IDisposable
{
    private const int LookMilliseconds = 100;

    private readonly IProcessGroup _processes;
    private readonly RunPart _claims;
    private readonly CancellationTokenSource _stop;
    private readonly ManualResetEventSlim _isOver = new();
    private readonly Thread? _watch;
    private readonly Action<SharedWork>? _look;
    private volatile Exception? _heard;

    private SharedWork(IProcessGroup processes, RunPart run, Action<SharedWork>? look, CancellationToken cancellation)
    {
        (_processes, _claims, _look) = (processes, run.Part($"claims{RunPaths.TemporarySuffix}"), look);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (processes.Size == 1)
            return;
        _watch = new Thread(Watch) { Name = "Kappa processes", IsBackground = true };
        _watch.Start();
    }

    /// <summary>Asks the work to stop, also where another process has failed.</summary>
    internal CancellationToken Token => _stop.Token;

    /// <summary>The first process begins, in a folder that it has opened.</summary>
    /// <param name="processes">The processes of the job.</param>
    /// <param name="run">The folder.</param>
    /// <param name="look">Called now and then while there are others: looks what they have done.</param>
    /// <param name="cancellation">Stops the work.</param>
    internal static SharedWork Begin(IProcessGroup processes, RunPart run, Action<SharedWork>? look, CancellationToken cancellation)
    {
        if (processes.Size > 1)
        {
            var claims = run.Part($"claims{RunPaths.TemporarySuffix}");
            claims.Remove();
            _ = claims.Made();
            _ = processes.Gather(Encoding.UTF8.GetBytes(run.FolderPath));
        }
        return new SharedWork(processes, run, look, cancellation);
    }

    /// <summary>Another process waits until the first has begun, and joins it.</summary>
    /// <returns>The work, and the folder that the first process has opened.</returns>
    internal static (SharedWork Work, RunPart Run) Join(IProcessGroup processes, CancellationToken cancellation)
    {
        var run = new RunPart(Encoding.UTF8.GetString(processes.Gather([])[0]));
        return (new SharedWork(processes, run, null, cancellation), run);
    }

    /// <summary>Whether a piece of work is this process's from here on.</summary>
    /// <param name="number">Which, counted in the same way by all processes.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    internal bool Take(int number)
    {
        if (_watch is null)
            return true;
        try
        {
            new FileStream(ClaimOf(number), FileMode.CreateNew, FileAccess.Write).Dispose();
            return true;
        }
        catch (IOException) when (IsTaken(number))
        {
            return false;
        }
    }

    /// <summary>Whether a process has taken a piece of work.</summary>
    internal bool IsTaken(int number) => File.Exists(ClaimOf(number));

    /// <summary>Waits until all processes have done what they took.</summary>
    /// <exception cref="Exception">One of them failed.</exception>
    internal void Finish()
    {
        StopWatching();
        if (_heard is { } heard)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(heard);
        if (_watch is null)
            return;
        _ = _processes.Gather([]);
        _look?.Invoke(this);
        if (_processes.Rank == 0)
            _claims.Remove();
    }

    public void Dispose()
    {
        StopWatching();
        _stop.Dispose();
        _isOver.Dispose();
    }

    private string ClaimOf(int number) => _claims.PathOf(number.ToString(CultureInfo.InvariantCulture));

    private void StopWatching()
    {
        if (_watch is not { IsAlive: true } watch)
            return;
        _isOver.Set();
        watch.Join();
    }

    private void Watch()
    {
        while (!_isOver.Wait(LookMilliseconds))
        {
            try
            {
                _processes.RequireOthers();
                _look?.Invoke(this);
            }
            catch (Exception error)
            {
                _heard = error;
                _stop.Cancel();
                return;
            }
        }
    }
}
