namespace Kappa.Data;

/// <summary>Which examples each step takes: permutations of all examples, one after another, cut into batches.</summary>
/// <remarks>A function of the seed and the step alone: every optimizer sees the same examples in the same order, and a resumed trial needs no state.</remarks>
/// <param name="examples">How many there are.</param>
/// <param name="batchSize">Those of a step; 0 where only epochs are asked for.</param>
/// <param name="generator">Decides the order; it does not advance.</param>
public sealed class BatchOrder(int examples, int batchSize, Philox generator)
{
    private const int StepsBetweenLooks = 1 << 16;

    private readonly int[] _permutation = new int[examples];
    private readonly int[] _batch = new int[batchSize];
    private long _epoch = -1;

    /// <summary>The examples of a step, 0 at the first; valid until the next call.</summary>
    /// <param name="step">The step.</param>
    public ReadOnlySpan<int> Of(int step)
    {
        long position = (long)step * _batch.Length;
        for (int filled = 0; filled < _batch.Length;)
        {
            var rest = OfEpoch(position / examples)[(int)(position % examples)..];
            int count = Math.Min(rest.Length, _batch.Length - filled);
            rest[..count].CopyTo(_batch.AsSpan(filled));
            filled += count;
            position += count;
        }
        return _batch;
    }

    /// <summary>All examples in the order of an epoch; valid until the next call. Stopped while it is drawn, nothing has changed.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="cancellation">Asked now and then.</param>
    public ReadOnlySpan<int> OfEpoch(long epoch, CancellationToken cancellation = default)
    {
        if (epoch == _epoch)
            return _permutation;
        _epoch = -1;
        for (int i = 0; i < _permutation.Length; i++)
            _permutation[i] = i;
        // As Philox.Shuffle does it, with a look at the token now and then.
        var shuffler = generator.Split(epoch);
        for (int last = _permutation.Length - 1; last > 0; last--)
        {
            if (last % StepsBetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
            int other = shuffler.NextInt32(last + 1);
            (_permutation[last], _permutation[other]) = (_permutation[other], _permutation[last]);
        }
        _epoch = epoch;
        return _permutation;
    }
}
