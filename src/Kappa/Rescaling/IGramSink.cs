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

    /// <summary>The share of a weight, some rows of it at a time.</summary>
    /// <param name="parameter">The weight.</param>
    /// <param name="rows">Its rows in order, whole rows <c>[count, rest]</c> in each; each valid until the next is asked for.</param>
    /// <param name="exponent">Of all rows.</param>
    void AddRows(Tensor parameter, IEnumerable<Tensor> rows, int exponent);
}
