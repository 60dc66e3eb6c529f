using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Units;

namespace Kappa.Plasticity;

/// <summary>A hidden layer with the columns that read it.</summary>
internal sealed class WatchedLayer(HiddenLayer layer)
{
    internal int Units => layer.Units;

    internal Parameter Incoming => layer.Incoming;

    internal Parameter? Bias => layer.Bias;

    /// <summary>The weights that read it.</summary>
    internal IReadOnlyList<Parameter> Outgoing { get; } = [.. layer.Outgoing.Select(outgoing => outgoing.Weight)];

    /// <summary>Their columns.</summary>
    internal IReadOnlyList<UnitColumns> Columns { get; } = [.. layer.Outgoing.Select(outgoing => new UnitColumns(outgoing, layer.Units))];

    /// <summary>For each unit, the sum of |w| over its outgoing weights.</summary>
    /// <param name="weights">What to take in the place of each of <see cref="Outgoing"/>; null for themselves.</param>
    internal double[] OutgoingMagnitudes(Func<Parameter, Tensor>? weights = null)
    {
        using var scope = TensorScope.Begin();
        double[] sums = new double[Units];
        for (int i = 0; i < Columns.Count; i++)
        {
            double[] share = Columns[i].SumsOfMagnitudes(weights is null ? Outgoing[i].Tensor : weights(Outgoing[i]));
            for (int unit = 0; unit < sums.Length; unit++)
                sums[unit] += share[unit];
        }

        return sums;
    }
}
