using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Generation;

/// <summary>Draws tokens from logits.</summary>
/// <remarks>Not safe for several threads at once.</remarks>
public sealed class TokenSampler
{
    private readonly SamplingOptions _options;
    private readonly int? _never;
    private readonly float[] _values;
    private readonly double[] _weights;
    private int[]? _order;

    /// <summary>Makes a sampler.</summary>
    /// <param name="options">Temperature, top-k and top-p.</param>
    /// <param name="vocabularySize">The number of tokens, 1 or more.</param>
    /// <param name="never">A token that is never drawn while there is another; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range, or there is no such token.</exception>
    public TokenSampler(SamplingOptions options, int vocabularySize, int? never = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        if (never is { } token && (uint)token >= (uint)vocabularySize)
            throw new ArgumentOutOfRangeException(nameof(never), token, $"expected a token from 0 to {vocabularySize - 1}");
        (_options, _never) = (options, vocabularySize > 1 ? never : null);
        (_values, _weights) = (new float[vocabularySize], new double[vocabularySize]);
    }

    /// <summary>Draws the next token.</summary>
    /// <param name="logits">One for each token.</param>
    /// <param name="generator">The source; it advances by one draw, unless the temperature is 0.</param>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, or all are minus infinity; the message names the token.</exception>
    public int Next(ReadOnlySpan<float> logits, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (logits.Length != _values.Length)
            throw new ArgumentException($"expected {_values.Length} logits, one for each token; got {logits.Length}", nameof(logits));
        RequireFinite(logits);
        logits.CopyTo(_values);
        if (_never is { } token)
            _values[token] = float.NegativeInfinity;
        int likeliest = Likeliest();
        if (float.IsNegativeInfinity(_values[likeliest]))
            throw new NonFiniteException("the model rules every token out: all its outputs are -infinity");
        if (_options.Temperature == 0)
            return likeliest;
        for (int i = 0; i < _values.Length; i++)
            _weights[i] = Math.Exp(((double)_values[i] - _values[likeliest]) / _options.Temperature);
        double sum = Restricted() ?? _weights.Sum();
        return Drawn(generator.NextDouble() * sum);
    }

    /// <summary>The first of the largest.</summary>
    private int Likeliest()
    {
        int best = 0;
        for (int i = 1; i < _values.Length; i++)
        {
            if (_values[i] > _values[best])
                best = i;
        }
        return best;
    }

    /// <summary>Takes the weight from tokens that top-k or top-p leaves out, and returns the sum of the others; null where all are left.</summary>
    private double? Restricted()
    {
        int most = _options.TopK == 0 ? _values.Length : Math.Min(_options.TopK, _values.Length);
        if (most == _values.Length && _options.TopP == 1)
            return null;
        _order ??= new int[_values.Length];
        for (int i = 0; i < _order.Length; i++)
            _order[i] = i;
        // Likeliest first; equal ones in the order of their numbers, so that the draw repeats.
        Array.Sort(_order, (a, b) => _values[a] != _values[b] ? _values[b].CompareTo(_values[a]) : a.CompareTo(b));
        double all = 0, kept = 0;
        for (int i = 0; i < most; i++)
            all += _weights[_order[i]];
        int count = 0;
        while (count < most && (count == 0 || kept < _options.TopP * all))
            kept += _weights[_order[count++]];
        for (int i = count; i < _order.Length; i++)
            _weights[_order[i]] = 0;
        return kept;
    }

    /// <summary>The token in whose part of the sum a number falls; the last that has weight where rounding carries it past the end.</summary>
    private int Drawn(double draw)
    {
        int last = 0;
        for (int i = 0; i < _weights.Length; i++)
        {
            if (_weights[i] == 0)
                continue;
            last = i;
            draw -= _weights[i];
            if (draw < 0)
                return i;
        }
        return last;
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
