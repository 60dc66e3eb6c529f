using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>Makes units new: fresh incoming weights, a bias of zero, outgoing weights of zero so that the network's function does not jump, and no memory of the past in the optimizer.</summary>
internal static class UnitReplacement
{
    /// <summary>Replaces units of one layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="units">Which.</param>
    /// <param name="scale">The root mean square of fresh incoming weights.</param>
    /// <param name="optimizer">Whose moments are cleared for these units.</param>
    /// <param name="generator">Where the fresh weights come from; each unit draws from a stream of its own.</param>
    internal static void Replace(HiddenLayer layer, IReadOnlyList<int> units, double scale, Optimizer optimizer, Philox generator)
    {
        using var scope = TensorScope.Begin();
        var incoming = layer.Incoming.Tensor;
        int length = incoming.Count / layer.Units;
        foreach (int unit in units)
        {
            var fresh = Tensor.Normal([length], generator.Split(unit), 0, scale, incoming.DataType);
            fresh.Bytes.CopyTo(Slice(incoming, unit * length, length));
        }

        ClearBias(layer, layer.Bias?.Tensor, units);
        ClearColumns(layer, layer.Outgoing.Tensor, units);
        foreach (var (name, tensor) in optimizer.State().Tensors)
        {
            if (IsMomentOf(layer.Incoming, name, tensor))
                ClearRows(tensor, length, units);
            else if (layer.Bias is { } bias && IsMomentOf(bias, name, tensor))
                ClearBias(layer, tensor, units);
            else if (IsMomentOf(layer.Outgoing, name, tensor))
                ClearColumns(layer, tensor, units);
        }
    }

    private static bool IsMomentOf(Parameter parameter, string name, Tensor tensor) =>
        tensor.Count == parameter.Tensor.Count && tensor.DataType.IsFloating()
        && name.StartsWith(parameter.Name, StringComparison.Ordinal) && name[parameter.Name.Length..] is ".first_moment" or ".second_moment" or ".momentum";

    private static void ClearRows(Tensor tensor, int length, IReadOnlyList<int> units)
    {
        foreach (int unit in units)
            Slice(tensor, unit * length, length).Clear();
    }

    private static void ClearBias(HiddenLayer layer, Tensor? tensor, IReadOnlyList<int> units)
    {
        if (tensor is not null)
            ClearRows(tensor, tensor.Count / layer.Units, units);
    }

    private static void ClearColumns(HiddenLayer layer, Tensor tensor, IReadOnlyList<int> units)
    {
        int block = layer.Block;
        int rows = tensor.Count / block / layer.Units;
        for (int row = 0; row < rows; row++)
        {
            foreach (int unit in units)
                Slice(tensor, ((row * layer.Units) + unit) * block, block).Clear();
        }
    }

    private static Span<byte> Slice(Tensor tensor, int start, int length)
    {
        int size = tensor.DataType.SizeOf();
        return tensor.Bytes.Slice(start * size, length * size);
    }
}
