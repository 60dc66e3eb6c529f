using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>The units between two layers of weights: unit i is row i of the incoming weight, and a block of columns of the outgoing one.</summary>
/// <param name="Incoming">The weight that makes the units, <c>[units, ...]</c>.</param>
/// <param name="Bias">Its bias <c>[units]</c>, where there is one.</param>
/// <param name="Outgoing">The weight that reads them: as a matrix <c>[out, units block]</c>.</param>
internal sealed record HiddenLayer(Parameter Incoming, Parameter? Bias, Parameter Outgoing)
{
    /// <summary>Units, or channels of a convolution.</summary>
    internal int Units => Incoming.Tensor.Shape[0];

    /// <summary>Columns of the outgoing weight for each unit: kernel elements of a convolution, pixels of a flattened channel, or 1.</summary>
    internal int Block => Outgoing.Tensor.Count / Outgoing.Tensor.Shape[0] / Units;

    /// <summary>For each unit, the sum of |w| over its outgoing weights.</summary>
    internal double[] OutgoingMagnitudes()
    {
        using var scope = TensorScope.Begin();
        return UnitSums.OfMagnitudes(Outgoing.Tensor, Units);
    }
}
