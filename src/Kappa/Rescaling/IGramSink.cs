using Kappa.Tensors;

namespace Kappa.Rescaling;

/// <summary>Takes the gradients of the squared network, one parameter at a time: the diagonal of the path-lifting's Gram.</summary>
internal interface IGramSink
{
    /// <summary>The share of a weight <c>[out, in]</c> is delta x^T 2^exponent.</summary>
    /// <param name="parameter">The weight.</param>
    /// <param name="delta"><c>[1, out]</c>, valid during the call.</param>
    /// <param name="x"><c>[1, in]</c>, valid during the call.</param>
    /// <param name="exponent">Of both together.</param>
    void AddProduct(Tensor parameter, Tensor delta, Tensor x, int exponent);

    /// <summary>The share of a parameter, element by element.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="share">As many elements as it, in its order, valid during the call.</param>
    void Add(Tensor parameter, Scaled share);
}
