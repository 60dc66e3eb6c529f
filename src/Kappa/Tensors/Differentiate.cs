namespace Kappa.Tensors;

/// <summary>Derivatives of a function of some leaves: first and second order, forwards and backwards. Leaves' own <see cref="Tensor.Gradient"/> is not
/// touched.</summary>
/// <remarks>
/// The function is a closure over the leaves, such as a loss over a batch; each leaf must have <see cref="Tensor.RequiresGradient"/> set. It is run once.
/// To take many products at one point, use <see cref="RecordedFunction"/>, which these are short for. A direction may have the leaf's shape, or a leading axis
/// K more.
/// <code>
/// var product = Differentiate.HessianVectorProduct(() => Loss.CrossEntropy(model.Forward(x), y), leaves, directions);
/// </code>
/// </remarks>
public static class Differentiate
{
    /// <summary>The value and gradient of a scalar function. Cost: one forward and one backward pass.</summary>
    /// <param name="loss">Gives a scalar.</param>
    /// <param name="leaves">What to differentiate with respect to.</param>
    /// <returns>The value, and the gradient of each leaf in its shape.</returns>
    public static (double Value, IReadOnlyList<Tensor> Gradient) Gradient(Func<Tensor> loss, IReadOnlyList<Tensor> leaves)
    {
        using var recorded = new RecordedFunction(loss, leaves);
        return (recorded.ScalarValue(), recorded.Gradient());
    }

    /// <summary>The value, and how it changes along directions: J v (Jacobian-vector products, forward mode).</summary>
    /// <param name="function">Gives a tensor <c>[...]</c>.</param>
    /// <param name="leaves">What to differentiate with respect to.</param>
    /// <param name="directions">v for each leaf: of its shape, or <c>[K, ...]</c>.</param>
    /// <returns>The value, and J v of the value's shape, or <c>[K, ...]</c>.</returns>
    public static (Tensor Value, Tensor Tangent) Jvp(Func<Tensor> function, IReadOnlyList<Tensor> leaves, IReadOnlyList<Tensor> directions)
    {
        using var recorded = new RecordedFunction(function, leaves);
        return (recorded.Value.Clone(), recorded.Jvp(directions));
    }

    /// <summary>The value, and u J for given u (vector-Jacobian products, reverse mode).</summary>
    /// <param name="function">Gives a tensor <c>[...]</c>.</param>
    /// <param name="leaves">What to differentiate with respect to.</param>
    /// <param name="outputGradient">u: of the value's shape, or <c>[K, ...]</c>.</param>
    /// <returns>The value, and u J for each leaf, of its shape or <c>[K, ...]</c>.</returns>
    public static (Tensor Value, IReadOnlyList<Tensor> Products) Vjp(Func<Tensor> function, IReadOnlyList<Tensor> leaves, Tensor outputGradient)
    {
        using var recorded = new RecordedFunction(function, leaves);
        return (recorded.Value.Clone(), recorded.Vjp(outputGradient));
    }

    /// <summary>The Hessian of a scalar function times a vector, exactly, by forward-over-reverse.</summary>
    /// <param name="loss">Gives a scalar.</param>
    /// <param name="leaves">What to differentiate with respect to.</param>
    /// <param name="vectors">v for each leaf, of its shape.</param>
    /// <remarks>
    /// Pearlmutter, "Fast exact multiplication by the Hessian", 1994. For a linear layer 8 products, against 3 for a gradient. Nothing is retained.
    /// At kinks of the function (ReLU at 0) the value is that of the piece the derivative is taken from.
    /// </remarks>
    public static HessianProduct HessianVectorProduct(Func<Tensor> loss, IReadOnlyList<Tensor> leaves, IReadOnlyList<Tensor> vectors)
    {
        using var recorded = new RecordedFunction(loss, leaves);
        return recorded.HessianProduct(vectors);
    }

    /// <summary>The Hessian of a scalar function times K vectors in one pass, which share the forward and the backward pass.</summary>
    /// <param name="loss">Gives a scalar.</param>
    /// <param name="leaves">What to differentiate with respect to.</param>
    /// <param name="matrix">K vectors for each leaf, <c>[K, ...]</c>.</param>
    /// <remarks>For a linear layer 2 + 6 K products. K tangents of every intermediate result are held; where they do not fit, several passes are
    /// made.</remarks>
    public static HessianProduct HessianMatrixProduct(Func<Tensor> loss, IReadOnlyList<Tensor> leaves, IReadOnlyList<Tensor> matrix)
    {
        using var recorded = new RecordedFunction(loss, leaves);
        return recorded.HessianProduct(matrix);
    }

    /// <summary>The generalised Gauss-Newton matrix J^T H_out J times vectors, where H_out is the Hessian of the loss in the model's output.</summary>
    /// <param name="output">Gives the model's output.</param>
    /// <param name="loss">Gives the scalar loss of an output.</param>
    /// <param name="leaves">What to differentiate with respect to.</param>
    /// <param name="vectors">v for each leaf: of its shape, or <c>[K, ...]</c>.</param>
    /// <returns>The product for each leaf, of the shape of the vectors.</returns>
    /// <remarks>Schraudolph, "Fast curvature matrix-vector products for second-order gradient descent", 2002.</remarks>
    public static IReadOnlyList<Tensor> GaussNewtonProduct(
        Func<Tensor> output, Func<Tensor, Tensor> loss, IReadOnlyList<Tensor> leaves, IReadOnlyList<Tensor> vectors)
    {
        ArgumentNullException.ThrowIfNull(loss);
        using var recorded = new RecordedFunction(output, leaves);
        using var tangent = recorded.Jvp(vectors);
        using var at = recorded.Value.Clone();
        at.RequiresGradient = true;
        using var ofOutput = new RecordedFunction(() => loss(at), [at]);
        using var curved = ofOutput.HessianProduct([tangent]).Products[0];
        return recorded.Vjp(curved);
    }

    /// <summary>The gradient of each sample's loss by itself.</summary>
    /// <param name="lossOfSample">Gives the scalar loss of the sample with a number.</param>
    /// <param name="samples">How many samples, numbered from 0.</param>
    /// <param name="leaves">What to differentiate with respect to.</param>
    /// <returns>For each leaf, <c>[samples, ...]</c>.</returns>
    /// <remarks>One forward and backward pass a sample: the flops of a batch, in thinner products. Exact for any model that treats samples alike.</remarks>
    public static IReadOnlyList<Tensor> PerSampleGradients(Func<int, Tensor> lossOfSample, int samples, IReadOnlyList<Tensor> leaves)
    {
        ArgumentNullException.ThrowIfNull(lossOfSample);
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        var result = leaves.Select(leaf => leaf.New(leaf.Shape.Prepend(samples))).ToArray();
        for (int sample = 0; sample < samples; sample++)
        {
            using var scope = TensorScope.Begin();
            var (_, gradient) = Gradient(() => lossOfSample(sample), leaves);
            for (int i = 0; i < result.Length; i++)
                result[i].Entry(sample).CopyFromInPlace(gradient[i]);
        }

        return result;
    }
}
