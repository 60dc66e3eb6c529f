using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Initializers;

/// <summary>Draws the initial values of a weight matrix <c>[out, in]</c>.</summary>
public abstract class Initializer
{
    /// <summary>Fills a weight in place.</summary>
    /// <param name="weight">Two axes or more, <c>[out, in, ...]</c>; further axes count to the fan on both sides.</param>
    /// <param name="generator">Where the randomness comes from; it advances.</param>
    /// <exception cref="TensorShapeException">The weight has fewer than two axes.</exception>
    public void Fill(Tensor weight, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(generator);
        if (weight.Rank < 2)
            throw new TensorShapeException($"{GetType().Name}: expected a weight with 2 axes or more; got {weight.Shape}");
        if (weight.Count == 0)
            return;
        int receptive = weight.Count / weight.Shape[0] / weight.Shape[1];
        using var values = Draw(weight.Shape, weight.Shape[1] * receptive, weight.Shape[0] * receptive, weight.DataType, generator);
        int bad = values.FirstNonFinite();
        if (bad >= 0)
        {
            throw new NonFiniteException(
                $"{GetType().Name}: a value of {values.ElementAsDouble(bad)} was drawn for a weight {weight.Shape} {weight.DataType}; nothing was changed. Is "
                + "the gain within the range of the type?");
        }

        weight.CopyFromInPlace(values);
    }

    /// <summary>Draws values of a shape.</summary>
    /// <param name="shape">The weight's shape.</param>
    /// <param name="fanIn">Inputs that feed one output.</param>
    /// <param name="fanOut">Outputs that one input feeds.</param>
    /// <param name="type">The element type.</param>
    /// <param name="generator">Where the randomness comes from.</param>
    protected abstract Tensor Draw(Shape shape, int fanIn, int fanOut, DataType type, Philox generator);
}
