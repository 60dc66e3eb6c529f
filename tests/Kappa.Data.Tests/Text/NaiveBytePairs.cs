namespace Kappa.Data.Tests.Text;

/// <summary>Byte-pair encoding as the paper tells it: count all pairs again for every merge, apply merges one by one. Slow and plain.</summary>
internal static class NaiveBytePairs
{
    internal static List<(int Left, int Right)> Train(string text, int mergeCount)
    {
        List<List<int>> pieces = [.. Pieces(text)];
        List<(int, int)> merges = [];
        while (merges.Count < mergeCount)
        {
            var counts = new Dictionary<(int Left, int Right), int>();
            foreach (var piece in pieces)
            {
                for (int i = 0; i + 1 < piece.Count; i++)
                    counts[(piece[i], piece[i + 1])] = counts.GetValueOrDefault((piece[i], piece[i + 1])) + 1;
            }
            if (counts.Count == 0)
                break;
            var (pair, count) = counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).First();
            if (count < 2)
                break;
            pieces = [.. pieces.Select(piece => Apply(piece, pair, 256 + merges.Count))];
            merges.Add(pair);
        }
        return merges;
    }

    internal static int[] Encode(string text, IReadOnlyList<(int Left, int Right)> merges)
    {
        List<int> tokens = [];
        foreach (var piece in Pieces(text))
        {
            var symbols = piece;
            for (int i = 0; i < merges.Count; i++)
                symbols = Apply(symbols, merges[i], 256 + i);
            tokens.AddRange(symbols);
        }
        return [.. tokens];
    }

    private static IEnumerable<List<int>> Pieces(string text) =>
        BytePairTokenizer.Pieces().Matches(text).Select(match => Encoding.UTF8.GetBytes(match.Value).Select(value => (int)value).ToList());

    private static List<int> Apply(List<int> piece, (int Left, int Right) pair, int token)
    {
        List<int> result = [];
        for (int i = 0; i < piece.Count; i++)
        {
            bool joins = i + 1 < piece.Count && piece[i] == pair.Left && piece[i + 1] == pair.Right;
            result.Add(joins ? token : piece[i]);
            i += joins ? 1 : 0;
        }
        return result;
    }
}
