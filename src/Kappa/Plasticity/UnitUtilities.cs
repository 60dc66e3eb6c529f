using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>How useful each unit of a layer has been, how old it is, and how many are due for replacement.</summary>
internal sealed class UnitUtilities
{
    private readonly WatchedLayer _layer;
    private readonly ContinualBackpropagationOptions _options;
    private readonly Tensor _utilities;
    private readonly Tensor _ages;
    private double _due;

    internal UnitUtilities(WatchedLayer layer, ContinualBackpropagationOptions options)
    {
        using var outside = TensorScope.Suspend();
        (_layer, _options) = (layer, options);
        _utilities = Tensor.Zeros([layer.Units], DataType.Float64);
        _ages = Tensor.Zeros([layer.Units], DataType.Float64);
    }

    private string Name => _layer.Incoming.Name;

    /// <summary>Counts one step, and chooses which units to replace; they start anew here.</summary>
    internal int[] Update(double[] magnitudes)
    {
        var utilities = _utilities.WritableValues<double>();
        var ages = _ages.WritableValues<double>();
        double[] outgoing = _layer.OutgoingMagnitudes();
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

    /// <summary>Units that another method made new start anew here too.</summary>
    internal void ResetUnits(UnitReset reset)
    {
        foreach (int unit in reset.UnitsOf(_layer.Incoming))
            (_utilities.WritableValues<double>()[unit], _ages.WritableValues<double>()[unit]) = (0, 0);
    }

    internal void AddTo(OptimizerState state)
    {
        state.Tensors.Add($"{Name}.unit_utility", _utilities);
        state.Tensors.Add($"{Name}.unit_age", _ages);
        state.Add($"{Name}.replacements_due", _due);
    }

    /// <summary>Contributions |h_i| |w_ki| were multiplied by r_k, the scale of the unit that they go to; the shares of k are those of the weights
    /// now.</summary>
    internal void Transport(StateTransport transport)
    {
        double[] sums = _layer.OutgoingMagnitudes(Before), scaled = _layer.OutgoingMagnitudes();
        var utilities = _utilities.WritableValues<double>();
        for (int i = 0; i < sums.Length; i++)
            utilities[i] *= sums[i] > 0 ? scaled[i] / sums[i] : 1;

        Tensor Before(Parameter outgoing)
        {
            var before = outgoing.Tensor.Clone();
            transport.UndoOutputs(outgoing, before);
            return before;
        }
    }

    internal void LoadFrom(OptimizerState state) => _due = state.Numbers[$"{Name}.replacements_due"];
}
