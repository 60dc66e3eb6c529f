using System.Runtime.ExceptionServices;

namespace Kappa.Training;

/// <summary>Sends the gradients of late layers while those of earlier ones are computed: some parameters at a time, in an order that all processes
/// have.</summary>
/// <remarks>Between <see cref="Begin"/> and <see cref="Finish"/> or <see cref="Abandon"/> the messages between the processes are those of its thread
/// alone.</remarks>
internal sealed class GradientMessages : IDisposable
{
    private readonly int[][] _buckets;
    private readonly int[] _bucketOf;
    private readonly int[] _missing;
    private readonly Action<int[]> _send;
    private readonly SemaphoreSlim _begin = new(0), _end = new(0);
    private readonly SemaphoreSlim[] _ready;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _isAbandoned, _isDisposed;

    /// <summary>Starts its thread, which waits for the first batch.</summary>
    /// <param name="buckets">Parameters that are sent together, by their numbers; in the order in which they are sent.</param>
    /// <param name="send">Sends the gradients of some, and takes what comes of them; on another thread.</param>
    internal GradientMessages(int[][] buckets, Action<int[]> send)
    {
        (_buckets, _send) = (buckets, send);
        _bucketOf = new int[_buckets.Sum(bucket => bucket.Length)];
        foreach (var (i, bucket) in _buckets.Index())
        {
            foreach (int parameter in bucket)
                _bucketOf[parameter] = i;
        }
        _missing = new int[_buckets.Length];
        _ready = [.. _buckets.Select(_ => new SemaphoreSlim(0))];
        _thread = new Thread(Serve) { IsBackground = true, Name = "Kappa gradient messages" };
        _thread.Start();
    }

    /// <summary>Parameters in order, some bytes of them together.</summary>
    /// <param name="order">All, by their numbers, in the order in which their gradients are complete.</param>
    /// <param name="bytesOf">The bytes of each.</param>
    /// <param name="bucketBytes">From how many bytes on a bucket is full.</param>
    internal static IEnumerable<int[]> Buckets(IEnumerable<int> order, Func<int, long> bytesOf, long bucketBytes)
    {
        var bucket = new List<int>();
        foreach (int parameter in order)
        {
            bucket.Add(parameter);
            if (bucket.Sum(bytesOf) < bucketBytes)
                continue;
            yield return [.. bucket];
            bucket.Clear();
        }
        if (bucket.Count > 0)
            yield return [.. bucket];
    }

    /// <summary>A batch begins: all processes call it, and from here on send nothing else.</summary>
    internal void Begin()
    {
        foreach (var (i, bucket) in _buckets.Index())
            _missing[i] = bucket.Length;
        (_isAbandoned, _failure) = (false, null);
        _ = _begin.Release();
    }

    /// <summary>The sum over the pieces of this process is there, or is none.</summary>
    internal void Ready(int parameter)
    {
        int bucket = _bucketOf[parameter];
        if (--_missing[bucket] == 0)
            _ = _ready[bucket].Release();
    }

    /// <summary>Waits until all is sent.</summary>
    internal void Finish()
    {
        _end.Wait();
        _failure?.Throw();
    }

    /// <summary>Gives up after a failure of this process: waits until the message under way is over, which ends as the others fail as well.</summary>
    internal void Abandon()
    {
        _isAbandoned = true;
        foreach (var ready in _ready)
            _ = ready.Release();
        _end.Wait();
        foreach (var ready in _ready)
        {
            while (ready.Wait(0))
            {
                // What was released in vain.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _ = _begin.Release();
        _thread.Join();
        Array.ForEach(_ready, ready => ready.Dispose());
        _begin.Dispose();
        _end.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            _begin.Wait();
            if (_isDisposed)
                return;
            try
            {
                for (int i = 0; i < _buckets.Length; i++)
                {
                    _ready[i].Wait();
                    if (_isAbandoned)
                        break;
                    _send(_buckets[i]);
                }
            }
            catch (Exception error)
            {
                // Thrown on the thread that trains, which waits for the end.
                _failure = ExceptionDispatchInfo.Capture(error);
            }
            _ = _end.Release();
        }
    }
}
