namespace Kappa.Preconditioning;

/// <summary>What <see cref="DoPr"/> last did with one layer.</summary>
public sealed class LayerStatus
{
    internal LayerStatus(string name) => Name = name;

    /// <summary>The weight's path in the model.</summary>
    public string Name { get; }

    /// <summary>The rows that the layer saw in the last step: batch, tokens or positions, over all uses.</summary>
    public long Rows { get; internal set; }

    /// <summary>The form used in the last step.</summary>
    public PreconditioningForm Form { get; internal set; }

    /// <summary>tau in the last step.</summary>
    public double Damping { get; internal set; }

    /// <summary>How many steps left the gradient as it was, because there was no input, S could not be factored, or the weight has two roles.</summary>
    public long TimesLeftAsIs { get; internal set; }

    /// <summary>
    /// How many steps were solved in double precision, because the damping is too small for the digits of single precision, or the layer's inputs have squares
    /// that it does not hold. Slower, and right. Always 0 for weights in Float64.
    /// </summary>
    public long TimesInDoublePrecision { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}: {Form}, {Rows} rows, tau {Damping:G4}, left as is {TimesLeftAsIs} times, in double precision {TimesInDoublePrecision} times";
}
