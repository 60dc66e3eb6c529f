namespace Kappa.Lab.Tasks.Text;

/// <summary>Measures of text that need no model: how much it repeats itself, and how varied it is.</summary>
/// <remarks>Each is to be compared with that of real text of the same length: less is not better, closer is.</remarks>
internal static class TextQuality
{
    /// <summary>The share of n-grams that the same text had before: 1 - distinct n-grams / n-grams, seq-rep-n of Welleck and others (2020, arXiv
    /// 1908.04319), as a mean over texts.</summary>
    /// <param name="texts">Tokens of each text.</param>
    /// <param name="n">Tokens of an n-gram.</param>
    internal static double Repetition(IEnumerable<int[]> texts, int n) => texts.Average(text => 1 - DistinctShare([text], n));

    /// <summary>The share of n-grams of all texts together that are distinct: distinct-n of Li and others (2016, arXiv 1510.03055).</summary>
    /// <param name="texts">Tokens of each text; one or more of n tokens or more.</param>
    /// <param name="n">Tokens of an n-gram.</param>
    internal static double DistinctShare(IEnumerable<int[]> texts, int n)
    {
        var seen = new HashSet<string>();
        int count = 0;
        foreach (int[] text in texts)
        {
            for (int start = 0; start + n <= text.Length; start++, count++)
                _ = seen.Add(string.Join(' ', text.AsSpan(start, n).ToArray()));
        }
        return count == 0 ? 1 : (double)seen.Count / count;
    }
}
