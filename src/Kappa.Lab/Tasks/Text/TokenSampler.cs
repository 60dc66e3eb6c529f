namespace Kappa.Lab.Tasks.Text;

/// <summary>Draws a token from logits.</summary>
internal sealed class TokenSampler
{
    private readonly SamplingOptions _options;
    private readonly Philox _generator;
    private readonly int? _never;
    private readonly int[] _order;
    private readonly double[] _weights;

    /// <param name="options">Temperature and top-k.</param>
    /// <param name="vocabularySize">The number of tokens.</param>
    /// <param name="never">A token that is never drawn; null for none.</param>
    /// <param name="generator">The source; it advances by one draw for each token, unless the temperature is 0.</param>
    internal TokenSampler(SamplingOptions options, int vocabularySize, int? never, Philox generator)
    {
        options.Validate();
        (_options, _never, _generator) = (options, never, generator);
        (_order, _weights) = (new int[vocabularySize], new double[vocabularySize]);
    }

    /// <exception cref="NonFiniteException">A logit is NaN or infinite, or all are minus infinity; the message names the token.</exception>
    internal int Next(ReadOnlySpan<float> logits)
    {
        float[] values = logits.ToArray();
        RequireFinite(values);
        if (_never is { } token && values.Length > 1)
            values[token] = float.NegativeInfinity;
        for (int i = 0; i < values.Length; i++)
            _order[i] = i;
        // Likeliest first; equal ones in the order of their numbers, so that the draw repeats.
        Array.Sort(_order, (a, b) => values[a] != values[b] ? values[b].CompareTo(values[a]) : a.CompareTo(b));
        if (float.IsNegativeInfinity(values[_order[0]]))
            throw new NonFiniteException("the model rules every token out: all its outputs are -infinity");
        if (_options.Temperature == 0)
            return _order[0];
        int count = _options.TopK == 0 ? values.Length : Math.Min(_options.TopK, values.Length);
        double sum = 0;
        for (int i = 0; i < count; i++)
            sum += _weights[i] = Math.Exp((values[_order[i]] - values[_order[0]]) / _options.Temperature);
        double draw = _generator.NextDouble() * sum;
        int last = count - 1;
        while (last > 0 && _weights[last] == 0)
            last--;
        for (int i = 0; i < last; i++)
        {
            draw -= _weights[i];
            if (draw < 0)
                return _order[i];
        }
        return _order[last];
    }

    /// <summary>Minus infinity rules a token out; anything else that is not finite says nothing about any of them.</summary>
    private static void RequireFinite(ReadOnlySpan<float> logits)
    {
        for (int token = 0; token < logits.Length; token++)
        {
            if (float.IsNaN(logits[token]) || float.IsPositiveInfinity(logits[token]))
            {
                throw new NonFiniteException(
                    $"the model's output for token {token} of {logits.Length} is {logits[token]}, so that no next token can be drawn. "
                    + "Its weights have diverged: take an earlier checkpoint, or train again at a lower learning rate");
            }
        }
    }
}
