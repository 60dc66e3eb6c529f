using TorchSharp.Modules;

namespace Kappa.TorchSharp;

/// <summary>Parameters of TorchSharp that share a learning rate and a weight decay.</summary>
public sealed class KappaGroup : ParamGroup<KappaGroupOptions>
{
    /// <summary>Makes a group of parameters with their names, such as <c>model.named_parameters()</c>.</summary>
    /// <param name="parameters">At least one.</param>
    /// <param name="lr">The learning rate of the group; null for the optimizer's.</param>
    /// <param name="weight_decay">The weight decay of the group; null for the optimizer's.</param>
    /// <exception cref="ArgumentException">There is no parameter.</exception>
    public KappaGroup(IEnumerable<(string name, Parameter parameter)> parameters, double? lr = null, double? weight_decay = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        (string name, Parameter parameter)[] all = [.. parameters];
        if (all.Length == 0)
            throw new ArgumentException("a group holds at least one parameter; got none. Is the model without trained layers?", nameof(parameters));
        Names = [.. all.Select(entry => entry.name)];
        Parameters = all.Select(entry => entry.parameter).ToArray();
        Options = new KappaGroupOptions { LearningRate = lr, InitialLearningRate = lr ?? 0, WeightDecay = weight_decay };
    }

    /// <summary>Makes a group of parameters, such as <c>layer.parameters()</c>; states and patterns know them by number.</summary>
    /// <param name="parameters">At least one.</param>
    /// <param name="lr">The learning rate of the group; null for the optimizer's.</param>
    /// <param name="weight_decay">The weight decay of the group; null for the optimizer's.</param>
    /// <exception cref="ArgumentException">There is no parameter.</exception>
    public KappaGroup(IEnumerable<Parameter> parameters, double? lr = null, double? weight_decay = null)
        : this((parameters ?? throw new ArgumentNullException(nameof(parameters))).Select(parameter => ("", parameter)), lr, weight_decay)
    {
    }

    /// <summary>The names of the parameters; empty ones stand for numbers.</summary>
    internal IReadOnlyList<string> Names { get; }
}
