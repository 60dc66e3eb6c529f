namespace Kappa.Generation;

/// <summary>How the next token is drawn from a model's logits.</summary>
/// <remarks>In this order: the temperature, then the likeliest <see cref="TopK"/>, then the likeliest that together have <see cref="TopP"/>.</remarks>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits: below 1 likely tokens come more often, 0 always takes the likeliest.</summary>
    public double Temperature { get; init; } = 0.8;

    /// <summary>Draws only among the likeliest so many tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Draws only among the fewest likeliest tokens whose probabilities sum to this or more (nucleus sampling; Holtzman and others, 2020, arXiv
    /// 1904.09751); above 0, and 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range.</exception>
    public void Validate()
    {
        if (!double.IsFinite(Temperature) || Temperature < 0)
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "expected a finite number, 0 or more");
        ArgumentOutOfRangeException.ThrowIfNegative(TopK);
        if (!(TopP is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(TopP), TopP, "expected a share of the probability, above 0 and at most 1");
    }
}
