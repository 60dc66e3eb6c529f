namespace Kappa.Lab.Statistics;

/// <summary>Pairs of numbers of which couples are counted, in n log n for n pairs: once for each resample of them.</summary>
/// <remarks>Pairs are taken by the first number; how many before have a smaller second one is in a binary indexed tree (Fenwick, 1994). Knight (1966) counts
/// likewise by sorting.</remarks>
internal sealed class RankedPairs
{
    private readonly int[] _order;
    private readonly int[] _first;
    private readonly int[] _second;
    private readonly long[] _tree;
    private readonly long[] _weights;
    private readonly long[] _secondWeights;

    /// <summary>Ranks two lists of one length, none of them with NaN.</summary>
    internal RankedPairs(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        (_first, _second) = (DenseRanks(first), DenseRanks(second));
        _order = [.. Enumerable.Range(0, first.Count).OrderBy(pair => _first[pair])];
        int kinds = first.Count == 0 ? 0 : _second.Max() + 1;
        (_tree, _secondWeights, _weights) = (new long[kinds + 1], new long[kinds], new long[first.Count]);
    }

    internal int Count => _order.Length;

    /// <summary>The couples of some pairs, which come by their numbers, each as often as it is drawn. Equal pairs are ties.</summary>
    internal KendallCouples Of(ReadOnlySpan<int> pairs)
    {
        Array.Clear(_weights);
        Array.Clear(_secondWeights);
        Array.Clear(_tree);
        foreach (int pair in pairs)
        {
            _weights[pair]++;
            _secondWeights[_second[pair]]++;
        }
        long difference = 0, before = 0, tiedFirst = 0, tiedSecond = 0;
        for (int start = 0, end; start < _order.Length; start = end)
        {
            long group = 0;
            for (end = start; end < _order.Length && _first[_order[end]] == _first[_order[start]]; end++)
            {
                int pair = _order[end], rank = _second[pair];
                long smaller = Before(rank), larger = before - Before(rank + 1);
                difference += _weights[pair] * (smaller - larger);
                group += _weights[pair];
            }
            for (int place = start; place < end; place++)
                Add(_second[_order[place]], _weights[_order[place]]);
            before += group;
            tiedFirst += Couples(group);
        }
        foreach (long weight in _secondWeights)
            tiedSecond += Couples(weight);
        long all = Couples(pairs.Length);
        return new KendallCouples(difference, all - tiedFirst, all - tiedSecond);
    }

    private static long Couples(long count) => count * (count - 1) / 2;

    private static int[] DenseRanks(IReadOnlyList<double> values)
    {
        // -0 is 0, as CompareTo has it.
        double[] kinds = [.. values.Distinct().Order()];
        return [.. values.Select(value => Array.BinarySearch(kinds, value))];
    }

    /// <summary>The weight of those so far whose second number has a smaller rank.</summary>
    private long Before(int rank)
    {
        long sum = 0;
        for (int node = rank; node > 0; node -= node & -node)
            sum += _tree[node];
        return sum;
    }

    private void Add(int rank, long weight)
    {
        for (int node = rank + 1; node < _tree.Length; node += node & -node)
            _tree[node] += weight;
    }
}
