using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>softmax(q k^T / sqrt(width)) v for each head, without ever holding all probabilities.</summary>
internal sealed class AttentionNode(Tensor q, Tensor k, Tensor v, AttentionShape shape, bool wide) : GraphNode(q, k, v)
{
    internal override string Name => "Attention";

    internal AttentionShape Shape => shape;

    internal static Tensor Apply(Tensor q, Tensor k, Tensor v, bool causal)
    {
        ArgumentNullException.ThrowIfNull(k);
        ArgumentNullException.ThrowIfNull(v);
        Operands.RequireSameFloating(q, k, "Attention");
        Operands.RequireSameFloating(q, v, "Attention");
        if (q.Rank != 4 || k.Rank != 4 || v.Shape != k.Shape || q.Shape[0] != k.Shape[0] || q.Shape[3] != k.Shape[3])
        {
            throw new TensorShapeException(
                $"Attention: expected q [batch, queries, heads, width], k and v [batch, keys, key heads, width]; got {q.Shape}, {k.Shape} and {v.Shape}");
        }

        if (k.Shape[1] == 0 || k.Shape[3] == 0)
        {
            string got = k.Shape[1] == 0 ? "sequences of no positions" : "heads of no width";
            throw new TensorShapeException(
                $"Attention: expected one key or more of one feature or more, since a softmax over nothing has no value; got {got}: q {q.Shape}, k {k.Shape}. "
                + "Leave empty sequences out of the batch");
        }

        if (k.Shape[2] == 0 || q.Shape[2] % k.Shape[2] != 0)
            throw new TensorShapeException($"Attention: {q.Shape[2]} query heads do not divide evenly among {k.Shape[2]} key heads");
        if (causal && q.Shape[1] > k.Shape[1])
        {
            throw new TensorShapeException(
                $"Attention: under a causal mask the queries are the last of the keys; got {q.Shape[1]} queries and {k.Shape[1]} keys");
        }

        var shape = new AttentionShape(q.Shape[0], q.Shape[1], k.Shape[1], q.Shape[2], k.Shape[2], q.Shape[3], causal);
        var result = q.New(q.Shape);
        bool wide = result.Backend.Attention(shape, q, k, v, result);
        if (Recording.Needed(q, k, v))
            result.RecordedBy(new AttentionNode(q, k, v, shape, wide));
        return result;
    }

    protected override SavedValue[] Save() => [new(Input(0)), new(Input(1)), new(Input(2))];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        // One after the other, so that the same tensor in two places gets one destination that both add to.
        var gradientQ = pass.AddingDestination(Input(0));
        var gradientK = pass.AddingDestination(Input(1));
        var gradientV = pass.AddingDestination(Input(2));
        gradient.Backend.AttentionDerivative(shape, wide, Input(0), Input(1), Input(2), gradient, gradientQ, gradientK, gradientV);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var result = pass.New(Input(0));
        result.Backend.AttentionTangent(
            shape, wide, pass.Count, Input(0), Input(1), Input(2), pass.Of(Input(0)), pass.Of(Input(1)), pass.Of(Input(2)), result);
        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass) =>
        Input(0).Backend.AttentionDerivativeTangent(new AttentionDerivativeTangent
        {
            Shape = shape,
            Count = pass.Count,
            Q = Input(0),
            K = Input(1),
            V = Input(2),
            Wide = wide,
            TangentQ = pass.Of(Input(0)),
            TangentK = pass.Of(Input(1)),
            TangentV = pass.Of(Input(2)),
            Gradient = gradient,
            GradientTangent = gradientTangent,
            ResultQ = pass.AddingDestination(Input(0)),
            ResultK = pass.AddingDestination(Input(1)),
            ResultV = pass.AddingDestination(Input(2)),
        });
}
