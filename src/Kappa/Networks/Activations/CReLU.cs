using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>Concatenated ReLU: max(x, 0) and then max(-x, 0) along the channels, <c>[batch, channels, ...]</c> to <c>[batch, 2 channels, ...]</c>.</summary>
/// <remarks>
/// Source: Shang, Sohn, Almeida and Lee (2016), arXiv 1603.05201; against loss of plasticity: Abbas, Zhao, Modayil, White and Machado (2023), arXiv 2303.07507.
/// One of the two halves is alive wherever x is not 0, so no unit is dead on every input, and the Euclidean norm of x is kept. The next layer takes twice as
/// many inputs.
/// </remarks>
public sealed class CReLU : Module
{
    /// <inheritdoc/>
    /// <exception cref="TensorShapeException">The input has fewer than two axes.</exception>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank < 2)
            throw new TensorShapeException($"CReLU: expected [batch, channels, ...]; got {input.Shape}");
        return Tensor.Concat(1, input.Relu(), (-input).Relu());
    }
}
