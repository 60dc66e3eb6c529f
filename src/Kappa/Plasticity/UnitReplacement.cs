using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>Makes units new: fresh incoming weights, a bias of zero, outgoing weights of zero so that the network's function does not jump, and no memory of
/// the past in the optimizer.</summary>
internal static class UnitReplacement
{
    /// <summary>Replaces units of one layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="units">Which.</param>
    /// <param name="scale">The root mean square of fresh incoming weights.</param>
    /// <param name="optimizer">Who forgets what it remembers of these units.</param>
    /// <param name="generator">Where the fresh weights come from; each unit draws from a stream of its own.</param>
    internal static void Replace(WatchedLayer layer, IReadOnlyList<int> units, double scale, Optimizer optimizer, Philox generator)
    {
        using var scope = TensorScope.Begin();
        var incoming = layer.Incoming.Tensor;
        int length = incoming.Count / layer.Units;
        foreach (int unit in units)
        {
            var fresh = Tensor.Normal([length], generator.Split(unit), 0, scale, incoming.DataType, incoming.Device);
            incoming.Backend.CopyBlock(fresh, 0, length, incoming, unit * length, length, 1, length);
        }

        ClearBias(layer, layer.Bias?.Tensor, units);
        foreach (var columns in layer.Columns)
            columns.Clear(columns.Weight, units);
        var clears = new Dictionary<Tensor, Action<Tensor>>
        {
            [incoming] = slot => UnitRows.Clear(slot, length, units),
        };
        foreach (var columns in layer.Columns)
            clears[columns.Weight] = slot => columns.Clear(slot, units);
        if (layer.Bias is { } bias)
            clears[bias.Tensor] = slot => ClearBias(layer, slot, units);
        optimizer.ResetUnitsCore(new UnitReset(layer.Incoming, units, clears));
    }

    private static void ClearBias(WatchedLayer layer, Tensor? tensor, IReadOnlyList<int> units)
    {
        if (tensor is not null)
            UnitRows.Clear(tensor, tensor.Count / layer.Units, units);
    }
}
