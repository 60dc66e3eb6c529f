namespace Kappa.Lab.Tasks.Text;

/// <summary>How <see cref="LanguageModel"/> draws the next token.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits: below 1 likely tokens come more often, 0 always takes the likeliest.</summary>
    public double Temperature { get; init; } = 0.8;

    /// <summary>Draws only among the likeliest so many tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range.</exception>
    public void Validate()
    {
        if (!double.IsFinite(Temperature) || Temperature < 0)
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "expected a finite number, 0 or more");
        ArgumentOutOfRangeException.ThrowIfNegative(TopK);
    }
}
