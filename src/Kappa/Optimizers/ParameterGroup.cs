using Kappa.Networks;

namespace Kappa.Optimizers;

/// <summary>Parameters that share a learning-rate scale and a weight decay.</summary>
public sealed class ParameterGroup
{
    private double _learningRateScale = 1;
    private double? _weightDecay;

    /// <summary>Makes a group.</summary>
    /// <param name="parameters">At least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public ParameterGroup(IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Count == 0)
            throw new ArgumentException("a parameter group holds at least one parameter; got none. Is the model without trainable layers?", nameof(parameters));
        Parameters = [.. parameters];
    }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>What the optimizer's learning rate is multiplied by for this group; 1 by default, zero or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, NaN or infinite.</exception>
    public double LearningRateScale
    {
        get => _learningRateScale;
        set => _learningRateScale = OptionChecks.NotNegative(value, "ParameterGroup.LearningRateScale");
    }

    /// <summary>The weight decay of this group in place of the optimizer's; null by default: the optimizer's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, NaN or infinite, or out of the range of the parameters' type.</exception>
    public double? WeightDecay
    {
        get => _weightDecay;
        set => _weightDecay = value is { } decay ? OptionChecks.Fits(
            OptionChecks.NotNegative(decay, "ParameterGroup.WeightDecay"), "ParameterGroup.WeightDecay", OptionChecks.Narrowest(Parameters)) : null;
    }
}
