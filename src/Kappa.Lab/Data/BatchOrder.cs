namespace Kappa.Lab.Data;

/// <summary>Which examples each step takes: permutations of all examples, one after another, cut into batches.</summary>
/// <remarks>A function of the seed and the step alone, so every optimizer sees the same examples in the same order, and a resumed trial needs no
/// state.</remarks>
internal sealed class BatchOrder
{
    private readonly Philox _generator;
    private readonly int[] _permutation;
    private readonly int[] _batch;
    private long _epoch = -1;

    internal BatchOrder(int examples, int batchSize, Philox generator)
    {
        _permutation = new int[examples];
        _batch = new int[batchSize];
        _generator = generator;
    }

    /// <summary>The examples of a step, 0 at the first; valid until the next call.</summary>
    internal ReadOnlySpan<int> Of(int step)
    {
        long position = (long)step * _batch.Length;
        for (int filled = 0; filled < _batch.Length;)
        {
            Permute(position / _permutation.Length);
            int start = (int)(position % _permutation.Length);
            int count = Math.Min(_permutation.Length - start, _batch.Length - filled);
            _permutation.AsSpan(start, count).CopyTo(_batch.AsSpan(filled));
            filled += count;
            position += count;
        }
        return _batch;
    }

    private void Permute(long epoch)
    {
        if (epoch == _epoch)
            return;
        for (int i = 0; i < _permutation.Length; i++)
            _permutation[i] = i;
        _generator.Split(epoch).Shuffle(_permutation);
        _epoch = epoch;
    }
}
