namespace Kappa.Lab.Tasks.Text;

/// <summary>Predicts a token from the few before it, by their counts in a text.</summary>
/// <remarks>
/// Interpolated Witten-Bell smoothing (Chen and Goodman, 1998, equation 16): P(w | h) = (c(h w) + T(h) P(w | h')) / (c(h) + T(h)), where T(h) is the number of
/// different tokens after h, and h' is h without its first token; below all, equal chances.
/// </remarks>
internal sealed class NGramModel
{
    private readonly int _order;
    private readonly int _vocabulary;
    private readonly Dictionary<ulong, int>[] _counts;
    private readonly Dictionary<ulong, (int Tokens, int Kinds)>[] _contexts;

    /// <param name="text">The tokens to count.</param>
    /// <param name="vocabulary">How many tokens there are.</param>
    /// <param name="order">Tokens of the longest n-gram; fewer where so many do not fit into 64 bits.</param>
    internal NGramModel(ReadOnlySpan<int> text, int vocabulary, int order)
    {
        _vocabulary = vocabulary;
        _order = Math.Max(1, Math.Min(order, (int)(63 / Math.Max(1, Math.Log2(vocabulary)))));
        _counts = [.. Enumerable.Range(0, _order).Select(_ => new Dictionary<ulong, int>())];
        _contexts = [.. Enumerable.Range(0, _order).Select(_ => new Dictionary<ulong, (int, int)>())];
        for (int place = 0; place < text.Length; place++)
        {
            for (int length = 0; length < _order && length <= place; length++)
            {
                ulong context = Code(text.Slice(place - length, length)), gram = (context * (ulong)vocabulary) + (ulong)text[place];
                int count = _counts[length].GetValueOrDefault(gram);
                _counts[length][gram] = count + 1;
                var (tokens, kinds) = _contexts[length].GetValueOrDefault(context);
                _contexts[length][context] = (tokens + 1, kinds + (count == 0 ? 1 : 0));
            }
        }
    }

    /// <summary>The probability of a token after others, of which the last ones count.</summary>
    internal double Probability(ReadOnlySpan<int> before, int token)
    {
        double probability = 1.0 / _vocabulary;
        for (int length = 0; length < _order && length <= before.Length; length++)
        {
            ulong context = Code(before[^length..]);
            if (!_contexts[length].TryGetValue(context, out var seen))
                break;
            int count = _counts[length].GetValueOrDefault((context * (ulong)_vocabulary) + (ulong)token);
            probability = (count + (seen.Kinds * probability)) / (seen.Tokens + seen.Kinds);
        }
        return probability;
    }

    /// <summary>-ln P of each token after the prompt.</summary>
    internal double[] Losses(ReadOnlySpan<int> text, int prompt)
    {
        double[] losses = new double[text.Length - prompt];
        for (int i = 0; i < losses.Length; i++)
            losses[i] = -Math.Log(Probability(text[..(prompt + i)], text[prompt + i]));
        return losses;
    }

    private ulong Code(ReadOnlySpan<int> tokens)
    {
        ulong code = 0;
        foreach (int token in tokens)
            code = (code * (ulong)_vocabulary) + (ulong)token;
        return code;
    }
}
