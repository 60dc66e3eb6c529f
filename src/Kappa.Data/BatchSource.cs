using System.Collections;

namespace Kappa.Data;

/// <summary>Batches of a data set in a random order, epoch by epoch: each epoch is a fresh permutation of all examples.</summary>
/// <remarks>
/// <para><c>foreach</c> runs to the end of the current epoch, and the next <c>foreach</c> takes the next epoch; <see cref="Next"/> goes on
/// for ever. The order is a function of the seed and the epoch alone (Philox), so <see cref="Position"/>, four numbers, is all that a
/// checkpoint needs: a source made from it gives the same bits as one that was never interrupted, in the middle of an epoch too.</para>
/// <para>A batch belongs to the source: its memory is given back when the next one is asked for, when the <c>foreach</c> ends, or when the
/// source is disposed, whichever <c>TensorScope</c> is open. Use <c>Clone()</c> on what is to stay. One source is for one thread.</para>
/// </remarks>
public sealed class BatchSource : IBatchSource, IEnumerable<Batch>, IDisposable
{
    private readonly DataSet _data;
    private readonly PartialBatch _partial;
    private BatchOrder _order = null!;
    private Batch? _current;

    /// <summary>A source that starts, or goes on, at a position.</summary>
    /// <param name="data">Where the examples come from.</param>
    /// <param name="batchSize">Examples in a batch, at least 1.</param>
    /// <param name="position">Where to start.</param>
    /// <param name="partial">What becomes of an incomplete last batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1, or with <see cref="PartialBatch.Drop"/> above the examples.</exception>
    /// <exception cref="ArgumentException">The data set is empty, or the position is not one of this data set.</exception>
    public BatchSource(DataSet data, int batchSize, BatchPosition position, PartialBatch partial = PartialBatch.Keep)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(position);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (data.Count == 0)
            throw new ArgumentException("the data set has no examples", nameof(data));
        if (partial == PartialBatch.Drop && batchSize > data.Count)
            throw new ArgumentOutOfRangeException(
                nameof(batchSize), batchSize, $"with PartialBatch.Drop a batch holds at most all {data.Count} examples; larger ones would never be complete");
        (_data, _partial, BatchSize) = (data, partial, batchSize);
        Position = position;
    }

    /// <summary>Examples in a batch; the last one of an epoch may have fewer.</summary>
    public int BatchSize { get; }

    /// <summary>Which examples of each batch are given, where several processes share it; null for all. The position moves on over the whole batch.</summary>
    /// <exception cref="ArgumentException">The last batch of an epoch may have fewer examples.</exception>
    public Range? Part
    {
        get;
        init => field = value is null || _partial == PartialBatch.Drop ? value : throw new ArgumentException(
            "a part of each batch can be given where all have one size: set PartialBatch.Drop", nameof(value));
    }

    /// <summary>The batches of a whole epoch.</summary>
    public int BatchesPerEpoch => (int)((_data.Count + (_partial == PartialBatch.Keep ? BatchSize - 1L : 0)) / BatchSize);

    /// <summary>Where the next batch comes from. Save it after a step, and go on from it later.</summary>
    /// <exception cref="ArgumentException">It is set to a place that is none of this data set.</exception>
    public BatchPosition Position
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.ExampleCount != _data.Count)
                throw new ArgumentException(
                    $"the position belongs to a data set of {value.ExampleCount} examples; this one has {_data.Count}", nameof(value));
            if (value.Epoch < 0 || value.Offset < 0 || value.Offset >= _data.Count)
                throw new ArgumentException(
                    $"expected an epoch of at least 0 and an offset from 0 to {_data.Count - 1}; got epoch {value.Epoch}, offset {value.Offset}",
                    nameof(value));
            if (field?.Seed != value.Seed)
                _order = new BatchOrder(_data.Count, 0, new Philox(value.Seed));
            // A position saved with another batch size may leave less than a batch.
            field = AtBatch(value);
        }
    }

    /// <summary>The next batch, of the next epoch where this one is over. The one before is released.</summary>
    /// <param name="cancellation">Asked while an epoch's order is drawn, seconds for millions of examples. Stopped there, nothing has changed.</param>
    /// <returns>The batch; valid until the next call.</returns>
    public Batch Next(CancellationToken cancellation = default)
    {
        Release();
        var batch = TakeNext(cancellation);
        _current = batch;
        return batch;
    }

    /// <summary>As <see cref="Next"/>, with a batch that is the caller's to release; the one before stays.</summary>
    internal Batch TakeNext(CancellationToken cancellation)
    {
        int size = Math.Min(BatchSize, _data.Count - Position.Offset);
        var rows = _order.OfEpoch(Position.Epoch, cancellation).Slice(Position.Offset, size);
        var batch = _data.Take(Part is { } part ? rows[part] : rows, Position.Epoch);
        Position = AtBatch(Position with { Offset = Position.Offset + size });
        return batch;
    }

    /// <summary>The batches from the current position to the end of its epoch.</summary>
    public IEnumerator<Batch> GetEnumerator()
    {
        long epoch = Position.Epoch;
        try
        {
            while (Position.Epoch == epoch)
                yield return Next();
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Releases the last batch. The source can still be used.</summary>
    public void Dispose() => Release();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private BatchPosition AtBatch(BatchPosition position)
    {
        int needed = _partial == PartialBatch.Keep ? 1 : BatchSize;
        return _data.Count - position.Offset >= needed ? position : position with { Epoch = position.Epoch + 1, Offset = 0 };
    }

    private void Release()
    {
        _current?.Release();
        _current = null;
    }
}
