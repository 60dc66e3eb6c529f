using System.Runtime.InteropServices;

namespace Kappa.Data.Text;

/// <summary>Learns merges from counted pieces; see <see cref="BytePairTokenizer.Train"/> for the rule.</summary>
internal sealed class BytePairTrainer
{
    private readonly int[][] _pieces;
    private readonly int[] _lengths;
    private readonly long[] _counts;
    private readonly Dictionary<(int Left, int Right), long> _pairCounts = [];
    private readonly Dictionary<(int Left, int Right), List<int>> _occurrences = [];
    private readonly PriorityQueue<long, (long NegativeCount, int Left, int Right)> _queue = new();
    private readonly HashSet<(int Left, int Right)> _changed = [];

    internal BytePairTrainer(IReadOnlyDictionary<string, int> pieces)
    {
        _pieces = [.. pieces.Keys.Select(piece => Tokenizer.Utf8(piece).Select(value => (int)value).ToArray())];
        _lengths = [.. _pieces.Select(piece => piece.Length)];
        _counts = [.. pieces.Values.Select(count => (long)count)];
        for (int piece = 0; piece < _pieces.Length; piece++)
        {
            for (int i = 0; i + 1 < _lengths[piece]; i++)
                Count((_pieces[piece][i], _pieces[piece][i + 1]), _counts[piece], piece);
        }
        Offer();
    }

    internal (int Left, int Right)[] Train(int mergeCount, CancellationToken cancellation = default)
    {
        var merges = new List<(int, int)>();
        var lengths = Enumerable.Repeat(1L, BytePairTokenizer.ByteCount).ToList();
        long total = 0;
        while (merges.Count < mergeCount && Best() is { } best)
        {
            int token = BytePairTokenizer.ByteCount + merges.Count;
            cancellation.ThrowIfCancellationRequested();
            long length = lengths[best.Left] + lengths[best.Right];
            total += length;
            if (total > BytePairTokenizer.MostBytes)
                break;
            lengths.Add(length);
            merges.Add(best);
            // A piece is listed once more each time the pair appears in it anew.
            foreach (int piece in _occurrences[best].Distinct())
                Merge(piece, best, token);
            _ = _occurrences.Remove(best);
            _ = _pairCounts.Remove(best);
            _ = _changed.Remove(best);
            Offer();
        }
        return [.. merges];
    }

    /// <summary>The pair with the largest count, of equals the smallest; null where none occurs twice.</summary>
    private (int Left, int Right)? Best()
    {
        while (_queue.TryDequeue(out long count, out var key))
        {
            // An entry whose count has changed since has a newer one in the queue.
            if (_pairCounts.GetValueOrDefault((key.Left, key.Right)) == count)
                return count > 1 ? (key.Left, key.Right) : null;
        }
        return null;
    }

    private void Merge(int piece, (int Left, int Right) pair, int token)
    {
        int[] symbols = _pieces[piece];
        int length = _lengths[piece], written = 0;
        long count = _counts[piece];
        for (int i = 0; i < length; i++)
        {
            if (i + 1 >= length || symbols[i] != pair.Left || symbols[i + 1] != pair.Right)
            {
                symbols[written++] = symbols[i];
                continue;
            }
            // What stood left of the pair is already written, and may itself be a token just made.
            if (written > 0)
            {
                Count((symbols[written - 1], pair.Left), -count, piece);
                Count((symbols[written - 1], token), count, piece);
            }
            if (i + 2 < length)
            {
                Count((pair.Right, symbols[i + 2]), -count, piece);
                Count((token, symbols[i + 2]), count, piece);
            }
            symbols[written++] = token;
            i++;
        }
        _lengths[piece] = written;
    }

    private void Count((int Left, int Right) pair, long change, int piece)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_pairCounts, pair, out _) += change;
        _ = _changed.Add(pair);
        if (change > 0)
            (CollectionsMarshal.GetValueRefOrAddDefault(_occurrences, pair, out _) ??= []).Add(piece);
    }

    private void Offer()
    {
        foreach (var pair in _changed)
        {
            long count = _pairCounts[pair];
            if (count > 0)
                _queue.Enqueue(count, (-count, pair.Left, pair.Right));
            else
                _ = (_pairCounts.Remove(pair), _occurrences.Remove(pair));
        }
        _changed.Clear();
    }
}
