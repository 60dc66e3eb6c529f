namespace Kappa.Lab.Tasks.Text;

/// <summary>What each measure of texts is. Every one is to be compared with that of real text of the same length: of repetition and variety less is not
/// better, closer is.</summary>
internal static class TextMeasures
{
    /// <summary>Jensen-Shannon divergence, in bits, between the frequencies of short sequences of tokens (three characters, or one token of a learnt
    /// vocabulary) in the texts and in held-out text: see <see cref="DivergenceOf"/>.</summary>
    internal const string Divergence = "divergence";

    /// <summary>-log2 of the probability that a larger model, trained on the same training text by itself, gives to the texts, over their characters; the model
    /// sees the prompt and all before. The perplexity of what is written is held against that of real text by Holtzman and others (2020, arXiv
    /// 1904.09751).</summary>
    internal const string JudgeBits = "judge's bits per character";

    /// <summary>Likewise by n-grams of up to five tokens that are counted in held-out text: see <see cref="NGramModel"/>.</summary>
    internal const string CountBits = "n-gram bits per character";

    /// <summary>Share of 8-grams that the same text had before: see <see cref="RepetitionOf"/>.</summary>
    internal const string Repetition = "repetition";

    /// <summary>Share of 4-grams of all texts together that are distinct: see <see cref="DistinctShareOf"/>.</summary>
    internal const string Distinct = "distinct 4-grams";

    /// <summary>How far the judge's bits of what is written are from those of real text, above or below: text that repeats itself has fewer.</summary>
    internal const string JudgeGap = "judge gap";

    /// <summary>Tokens of the n-grams of <see cref="Repetition"/>.</summary>
    internal const int RepeatedTokens = 8;

    /// <summary>Tokens of the n-grams of <see cref="Distinct"/>.</summary>
    internal const int DistinctTokens = 4;

    /// <summary>Bits per character.</summary>
    /// <param name="nats">-ln of the probability of the texts.</param>
    /// <param name="characters">Their characters.</param>
    internal static double BitsPerCharacter(double nats, double characters) => nats / Math.Log(2) / Math.Max(1, characters);

    /// <summary>The share of n-grams that the same text had before: 1 - distinct n-grams / n-grams, seq-rep-n of Welleck and others (2020, arXiv
    /// 1908.04319), as a mean over texts.</summary>
    /// <param name="texts">Tokens of each text.</param>
    /// <param name="n">Tokens of an n-gram.</param>
    internal static double RepetitionOf(IEnumerable<int[]> texts, int n) => texts.Average(text => 1 - DistinctShareOf([text], n));

    /// <summary>The share of n-grams of all texts together that are distinct: distinct-n of Li and others (2016, arXiv 1510.03055).</summary>
    /// <param name="texts">Tokens of each text; one or more of n tokens or more.</param>
    /// <param name="n">Tokens of an n-gram.</param>
    internal static double DistinctShareOf(IEnumerable<int[]> texts, int n)
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

    /// <summary>How often each sequence of so many tokens is there, of all.</summary>
    /// <param name="texts">Tokens of each text.</param>
    /// <param name="n">Tokens of a sequence.</param>
    /// <param name="vocabulary">How many tokens there are; its n-th power fits into 64 bits.</param>
    internal static IReadOnlyDictionary<long, double> Frequencies(IEnumerable<int[]> texts, int n, long vocabulary)
    {
        var counts = new Dictionary<long, double>();
        double total = 0;
        foreach (int[] text in texts)
        {
            for (int end = n; end <= text.Length; end++, total++)
            {
                long key = 0;
                for (int i = end - n; i < end; i++)
                    key = (key * vocabulary) + text[i];
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }
        return counts.ToDictionary(entry => entry.Key, entry => entry.Value / total);
    }

    /// <summary>The Jensen-Shannon divergence of two distributions, in bits (Lin, 1991): 0 where they are the same, 1 where nothing is in both. Of few
    /// sequences it is away from 0 however good the model is, as much as that of real text of their number.</summary>
    /// <param name="found">Frequencies of one.</param>
    /// <param name="reference">Frequencies of the other.</param>
    internal static double DivergenceOf(IReadOnlyDictionary<long, double> found, IReadOnlyDictionary<long, double> reference)
    {
        // What is in the reference alone adds half of its frequency.
        double sum = 0, shared = 0;
        foreach (var (sequence, share) in found.OrderBy(entry => entry.Key))
        {
            double other = reference.GetValueOrDefault(sequence), middle = (share + other) / 2;
            sum += share * Math.Log2(share / middle);
            if (other > 0)
            {
                sum += other * Math.Log2(other / middle);
                shared += other;
            }
        }
        return Math.Max(0, (sum + (1 - shared)) / 2);
    }
}
