namespace Kappa.Data;

/// <summary>Which rows each batch takes of tensors in memory: each epoch shuffles the rows on from the order of the epoch before.</summary>
/// <param name="rows">How many rows there are.</param>
/// <param name="batchSize">Rows of a batch.</param>
/// <param name="shuffler">What shuffles an epoch, by its number from 0.</param>
/// <param name="partial">What becomes of an incomplete last batch.</param>
public sealed class RowBatches(int rows, int batchSize, Func<long, Philox> shuffler, PartialBatch partial)
{
    private readonly int[] _rows = [.. Enumerable.Range(0, rows)];
    private long _epoch = -1;
    private int _start = int.MaxValue;

    /// <summary>Batches of an epoch.</summary>
    public int PerEpoch => partial == PartialBatch.Keep ? (_rows.Length + batchSize - 1) / batchSize : _rows.Length / batchSize;

    /// <summary>The rows of the next batch.</summary>
    public int[] Next()
    {
        if (_start >= _rows.Length || (partial == PartialBatch.Drop && _start > _rows.Length - batchSize))
        {
            shuffler(++_epoch).Shuffle(_rows);
            _start = 0;
        }
        int count = Math.Min(batchSize, _rows.Length - _start);
        _start += count;
        return _rows.AsSpan(_start - count, count).ToArray();
    }
}
