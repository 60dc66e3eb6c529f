using System.Diagnostics;

namespace Kappa.Fuzz;

/// <summary>Ends the process where an input takes too long, and keeps the input; one that kills the process is kept as well.</summary>
internal sealed class Watch : IDisposable
{
    private readonly FuzzTarget _target;
    private readonly TimeSpan _most;
    private readonly FileStream _last;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private byte[] _input = [];
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>Begins to watch.</summary>
    /// <param name="target">The reader.</param>
    /// <param name="most">The longest that an input may take.</param>
    /// <param name="lastPath">Where the input that is being read is written, should the process die of it.</param>
    internal Watch(FuzzTarget target, TimeSpan most, string lastPath)
    {
        (_target, _most) = (target, most);
        _last = new FileStream(lastPath, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _timer = new Timer(_ => Look(), null, 1000, 1000);
    }

    /// <summary>Says that an input is read now.</summary>
    internal void Begin(byte[] input)
    {
        lock (_lock)
            (_input, _since) = (input, Stopwatch.GetTimestamp());
        RandomAccess.Write(_last.SafeFileHandle, input, 0);
        _last.SetLength(input.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        string path = _last.Name;
        _last.Dispose();
        File.Delete(path);
    }

    private void Look()
    {
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_since) < _most)
                return;
            Console.WriteLine($"{_target.Name}: an input took more than {_most.TotalSeconds:F0} s");
            Program.Report(_target, CorpusFolder.Keep(_target, _input));
            Environment.Exit(Program.Found);
        }
    }
}
