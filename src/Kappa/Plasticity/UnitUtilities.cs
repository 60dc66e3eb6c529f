using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>How useful each unit of a layer has been, how old it is, and how many are due for replacement.</summary>
internal sealed class UnitUtilities
{
    private readonly ContinualBackpropagationOptions _options;
    private readonly Tensor _utilities;
    private readonly Tensor _ages;
    private double _due;

    internal UnitUtilities(HiddenLayer layer, ContinualBackpropagationOptions options)
    {
        using var outside = TensorScope.Suspend();
        (Layer, _options) = (layer, options);
        Scale = Plasticity.Scale.RootMeanSquare(layer.Incoming.Tensor);
        _utilities = Tensor.Zeros([layer.Units], DataType.Float64);
        _ages = Tensor.Zeros([layer.Units], DataType.Float64);
    }

    internal HiddenLayer Layer { get; }

    /// <summary>The root mean square of the incoming weights when this was made.</summary>
    internal double Scale { get; private set; }

    private string Name => Layer.Incoming.Name;

    /// <summary>Counts one step, and chooses which units to replace; they start anew here.</summary>
    internal int[] Update(double[] magnitudes)
    {
        var utilities = _utilities.Values<double>();
        var ages = _ages.Values<double>();
        double[] outgoing = Layer.OutgoingMagnitudes();
        for (int i = 0; i < magnitudes.Length; i++)
        {
            utilities[i] = (_options.UtilityDecay * utilities[i]) + ((1 - _options.UtilityDecay) * magnitudes[i] * outgoing[i]);
            ages[i]++;
        }

        var mature = new List<(double Utility, int Unit)>();
        for (int i = 0; i < magnitudes.Length; i++)
        {
            if (ages[i] > _options.Maturity)
                mature.Add((utilities[i] / (1 - Math.Pow(_options.UtilityDecay, ages[i])), i));
        }

        _due += _options.ReplacementRate * mature.Count;
        int count = Math.Min((int)_due, mature.Count);
        if (count == 0)
            return [];
        _due -= count;
        mature.Sort();
        int[] replaced = [.. mature.Take(count).Select(entry => entry.Unit)];
        foreach (int unit in replaced)
            (utilities[unit], ages[unit]) = (0, 0);
        return replaced;
    }

    internal void AddTo(OptimizerState state)
    {
        state.Tensors.Add($"{Name}.unit_utility", _utilities);
        state.Tensors.Add($"{Name}.unit_age", _ages);
        state.Add($"{Name}.initial_scale", Scale);
        state.Add($"{Name}.replacements_due", _due);
    }

    internal void LoadFrom(OptimizerState state)
    {
        Scale = state.Numbers[$"{Name}.initial_scale"];
        _due = state.Numbers[$"{Name}.replacements_due"];
    }
}
