using System.Runtime.ExceptionServices;

namespace Kappa.Data;

/// <summary>Loads the next batches on a thread of its own while a step is computed. The batches are those of the source, to the same bits.</summary>
/// <remarks>
/// <para><see cref="Position"/> is that of the next batch that is given, however many are loaded already, so that a checkpoint goes on rightly. Memory is
/// that of <c>depth</c> + 2 batches, and flat: tensors go back to the pool of the thread that made them.</para>
/// <para>From the first <see cref="Next"/> until <see cref="Dispose"/> the source is this object's alone. What its loading throws is thrown by
/// <see cref="Next"/>, at the batch that it is about. One object is for one thread.</para>
/// </remarks>
public sealed class PrefetchedBatches : IBatchSource, IDisposable
{
    private readonly IBatchSource _source;
    private readonly int _depth;
    private readonly object _gate = new();
    private readonly Queue<(Batch Batch, BatchPosition After)> _ready = [];
    private Thread? _worker;
    private CancellationTokenSource? _stop;
    private ExceptionDispatchInfo? _failure;
    private BatchPosition _position;
    private Batch? _current;
    private bool _isDisposed;

    /// <summary>Loads ahead from a source.</summary>
    /// <param name="source">Where batches come from; it is not disposed. From one that is no <see cref="BatchSource"/> batches are copied.</param>
    /// <param name="depth">Batches that are loaded ahead, at least 1.</param>
    public PrefetchedBatches(IBatchSource source, int depth = 2)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        (_source, _depth, _position) = (source, depth, source.Position);
    }

    /// <inheritdoc/>
    public int BatchSize => _source.BatchSize;

    /// <inheritdoc/>
    public int BatchesPerEpoch => _source.BatchesPerEpoch;

    /// <summary>Where the next batch comes from that is given. Set, what was loaded is thrown away.</summary>
    /// <exception cref="ArgumentException">It is set to a place that is none of this data set; then nothing has changed but what is loaded.</exception>
    public BatchPosition Position
    {
        get => _position;
        set
        {
            StopWorker();
            try
            {
                _source.Position = value;
                _position = _source.Position;
            }
            catch
            {
                _source.Position = _position;
                throw;
            }
        }
    }

    /// <summary>The next batch, once it is loaded. The one before is released.</summary>
    /// <param name="cancellation">Stops the waiting; then nothing has changed.</param>
    /// <returns>The batch; valid until the next call.</returns>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public Batch Next(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellation.ThrowIfCancellationRequested();
        StartWorker();
        using var waking = cancellation.Register(Wake);
        lock (_gate)
        {
            while (_ready.Count == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                if (_failure is { } failure)
                {
                    // The next call tries again from the same place.
                    _failure = null;
                    _worker = null;
                    _source.Position = _position;
                    failure.Throw();
                }
                _ = Monitor.Wait(_gate);
            }
            _current?.Release();
            var (batch, after) = _ready.Dequeue();
            (_current, _position) = (batch, after);
            Monitor.PulseAll(_gate);
            return batch;
        }
    }

    /// <summary>Stops loading, waits until nothing is loaded any more, and releases all batches. The source stands where the next batch would have come
    /// from.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        StopWorker();
        _source.Position = _position;
        _current?.Release();
        _current = null;
    }

    private void StartWorker()
    {
        if (_worker is not null)
            return;
        _stop = new CancellationTokenSource();
        var token = _stop.Token;
        _worker = new Thread(() => Load(token)) { IsBackground = true, Name = "Kappa batches" };
        _worker.Start();
    }

    private void Load(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    while (_ready.Count >= _depth && !stop.IsCancellationRequested)
                        _ = Monitor.Wait(_gate);
                }
                if (stop.IsCancellationRequested)
                    return;
                var batch = Take(stop);
                lock (_gate)
                {
                    _ready.Enqueue((batch, _source.Position));
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was asked to stop.
        }
        catch (Exception error)
        {
            lock (_gate)
            {
                _failure = ExceptionDispatchInfo.Capture(error);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>The next batch as one that nobody else releases.</summary>
    private Batch Take(CancellationToken stop)
    {
        if (_source is BatchSource source)
            return source.TakeNext(stop);
        var batch = _source.Next(stop);
        return new Batch(batch.Inputs.Clone().Keep(), batch.Targets.Clone().Keep());
    }

    private void StopWorker()
    {
        if (_worker is { } worker)
        {
            _stop!.Cancel();
            Wake();
            worker.Join();
            _stop.Dispose();
            _worker = null;
        }
        _failure = null;
        while (_ready.TryDequeue(out var ready))
            ready.Batch.Release();
    }

    private void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
