using Kappa.Tensors.Operations;

namespace Kappa.Tensors;

/// <content>Operations on sequences and normalisation.</content>
public sealed partial class Tensor
{
    /// <summary>softmax(q k^T / sqrt(width)) v for each head, this tensor being q (Vaswani and others, 2017, arXiv 1706.03762).</summary>
    /// <param name="keys"><c>[batch, keys, key heads, width]</c>.</param>
    /// <param name="values">As the keys.</param>
    /// <param name="causal">Whether a query sees only the keys up to its own position. The queries are then the last of the keys.</param>
    /// <returns>As this tensor, <c>[batch, queries, heads, width]</c>.</returns>
    /// <exception cref="TensorShapeException">The shapes do not fit, or the heads do not divide evenly among the key heads.</exception>
    /// <remarks>
    /// With fewer key heads than heads, consecutive heads share one (grouped queries; Ainslie and others, 2023, arXiv 2305.13245). Exact, in blocks: the
    /// probabilities are never held, and formed again on the way back. Cost: 2 products of batch * heads * queries * keys * width forwards, 5 backwards, half
    /// of it under a causal mask.
    /// </remarks>
    public Tensor Attention(Tensor keys, Tensor values, bool causal = false) => AttentionNode.Apply(this, keys, values, causal);

    /// <summary>Turns pairs of features (i, i + width / 2) by an angle that depends on the position: rotary embedding (Su and others, 2021, arXiv
    /// 2104.09864).</summary>
    /// <param name="cosines">The cosines of the angles, <c>[positions or more, width / 2]</c>.</param>
    /// <param name="sines">Their sines.</param>
    /// <returns>As this tensor, <c>[batch, positions, heads, width]</c>.</returns>
    /// <exception cref="TensorShapeException">The width is odd, or a table does not fit.</exception>
    public Tensor Rotate(Tensor cosines, Tensor sines) => RotateNode.Apply(this, cosines, sines);

    /// <summary>x / sqrt(mean(x^2) + epsilon) over the last axis (Zhang and Sennrich, 2019, arXiv 1910.07467).</summary>
    /// <param name="epsilon">Added to the mean square, zero or more.</param>
    public Tensor RmsNorm(double epsilon = 1e-6) => NormalizeNode.Apply(this, center: false, epsilon);

    /// <summary>(x - mean) / sqrt(variance + epsilon) over the last axis (Ba and others, 2016, arXiv 1607.06450).</summary>
    /// <param name="epsilon">Added to the variance, zero or more.</param>
    public Tensor LayerNorm(double epsilon = 1e-5) => NormalizeNode.Apply(this, center: true, epsilon);
}
