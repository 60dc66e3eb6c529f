using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Kappa.Data.Text;

/// <summary>Encodes a text piece by piece. Pieces repeat, so that nearly all of a text is looked up. Safe to use from several threads.</summary>
/// <param name="pieces">Cuts a text; the pieces together are the whole text.</param>
/// <param name="encode">The tokens of a piece.</param>
internal sealed class PieceEncoder(Regex pieces, Func<string, int[]> encode)
{
    // The bounds keep adversarial text from filling the memory.
    private const int MaxCachedPieces = 1 << 17;
    private const int MaxCachedLength = 64;

    private readonly ConcurrentDictionary<string, int[]> _known = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The tokens of a text.</summary>
    internal int[] Encode(string text)
    {
        var tokens = new List<int>(text.Length / 2);
        var known = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var match in pieces.EnumerateMatches(text))
        {
            var piece = text.AsSpan(match.Index, match.Length);
            if (!known.TryGetValue(piece, out int[]? encoded))
            {
                encoded = encode(piece.ToString());
                if (piece.Length <= MaxCachedLength && Interlocked.Increment(ref _count) <= MaxCachedPieces)
                    _ = known.TryAdd(piece, encoded);
            }
            tokens.AddRange(encoded);
        }
        return [.. tokens];
    }
}
