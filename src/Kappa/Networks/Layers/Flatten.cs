using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>All axes but the first as one: <c>[batch, ...]</c> to <c>[batch, features]</c>. Shares memory with its input.</summary>
public sealed class Flatten : Module
{
    /// <inheritdoc/>
    /// <exception cref="TensorShapeException">The input is a scalar.</exception>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank == 0)
            throw new TensorShapeException("Flatten: expected [batch, ...]; got []");
        int features = 1;
        for (int axis = 1; axis < input.Rank; axis++)
            features *= input.Shape[axis];
        return input.Reshape([input.Shape[0], features]);
    }
}
