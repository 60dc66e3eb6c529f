using Kappa.Networks;

namespace Kappa.Units;

/// <summary>The units between one weight and those that read them: unit i is row i of the incoming weight, and the columns of each outgoing one that read
/// it.</summary>
/// <param name="Path">The path of the layer that makes the units, such as <c>block0.mlp.up</c>.</param>
/// <param name="Incoming">The weight that makes the units, <c>[units, ...]</c>.</param>
/// <param name="Bias">Its bias <c>[units]</c>, where there is one.</param>
/// <param name="Outgoing">The weights that read them, one or more, in the order of the forward pass.</param>
public sealed record HiddenLayer(string Path, Parameter Incoming, Parameter? Bias, IReadOnlyList<OutgoingWeight> Outgoing)
{
    /// <summary>How many units: outputs of a linear layer, channels of a convolution.</summary>
    public int Units => Incoming.Tensor.Shape[0];
}
