namespace Kappa.Lab.Tasks.Text;

/// <summary>How far what a model writes alone is from held-out text, by how often it uses which short sequences of tokens.</summary>
/// <remarks>The Jensen-Shannon divergence (Lin, 1991), in bits, between the frequencies of sequences of so many tokens in what the model draws at temperature 1
/// after beginnings of held-out windows, and in all held-out windows: 0 where they are the same, 1 where no sequence is in both. Written text of few
/// tokens is away from 0 however good the model is, by as much for every model.</remarks>
internal sealed class WrittenDivergence
{
    private const int Prompts = 64;
    private const int Blocks = 4;

    private readonly int _tokens;
    private readonly int _sequence;
    private readonly int[][] _prompts;
    private readonly Dictionary<long, double> _reference;
    private readonly long _base;

    /// <param name="data">The text.</param>
    /// <param name="tokens">Tokens that the model writes after each prompt.</param>
    /// <param name="sequence">Tokens of a sequence.</param>
    internal WrittenDivergence(TextData data, int tokens, int sequence)
    {
        (_tokens, _sequence, _base) = (tokens, sequence, data.OutputSize);
        int count = Math.Min(Prompts, data.Validation.Count), length = data.UnitsPerExample, all = data.Validation.Count;
        var windows = new int[all][];
        for (int i = 0; i < all; i++)
        {
            var batch = data.Validation.Take([i]);
            windows[i] = batch.Inputs.ToArray<int>();
            batch.Release();
        }
        _prompts = [.. Enumerable.Range(0, count).Select(i => windows[(int)((long)i * all / count)][..Math.Max(1, length / 2)])];
        _reference = Frequencies(windows);
    }

    /// <summary>Over all that the model writes, and over each quarter of it, by the number of tokens written when that ends.</summary>
    internal (double Whole, HorizonCurve ByLength) Of(Module model, CancellationToken cancellation)
    {
        model.Eval();
        var writer = new TokenGenerator((Transformer)model, new SamplingOptions { Temperature = 1 }, sequences: _prompts.Length);
        var written = writer.Generate(_prompts, _tokens, new Philox(0), null, cancellation);
        int[] ends = [.. Enumerable.Range(1, Blocks).Select(block => _tokens * block / Blocks)];
        double[] divergences = [.. ends.Select((end, block) => From([.. written.Select(text => text[(block == 0 ? 0 : ends[block - 1])..end])]))];
        return (From(written), new HorizonCurve("divergence from held-out text", [.. ends.Select(end => (double)end)], divergences));
    }

    private double From(IReadOnlyList<int[]> texts)
    {
        var found = Frequencies(texts);
        // Sequences that the model does not use add half of their frequency, in bits.
        double sum = 0, shared = 0;
        foreach (var (sequence, share) in found.OrderBy(entry => entry.Key))
        {
            double other = _reference.GetValueOrDefault(sequence), middle = (share + other) / 2;
            sum += share * Math.Log2(share / middle);
            if (other > 0)
            {
                sum += other * Math.Log2(other / middle);
                shared += other;
            }
        }
        return Math.Max(0, (sum + (1 - shared)) / 2);
    }

    private Dictionary<long, double> Frequencies(IReadOnlyList<int[]> texts)
    {
        var counts = new Dictionary<long, double>();
        double total = 0;
        foreach (int[] text in texts)
        {
            for (int end = _sequence; end <= text.Length; end++)
            {
                long key = 0;
                for (int i = end - _sequence; i < end; i++)
                    key = (key * _base) + text[i];
                counts[key] = counts.GetValueOrDefault(key) + 1;
                total++;
            }
        }
        return counts.ToDictionary(entry => entry.Key, entry => entry.Value / total);
    }
}
