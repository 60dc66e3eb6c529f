using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Kernels;

/// <content>Attention, written out. Its derivatives are those of what it is written out as.</content>
internal abstract partial class Backend
{
    /// <summary>output = softmax(q k^T / sqrt(width)) v. Says whether scores leave the range of the element type, so that this and its derivatives take wider
    /// ones.</summary>
    internal virtual bool Attention(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor output)
    {
        using var _ = Composed.Begin();
        Put(WrittenOut(shape, q, k, v), output);
        return false;
    }

    /// <summary>Adds to the gradients of q, k and v, where they are wanted.</summary>
    internal virtual void AttentionDerivative(
        AttentionShape shape, bool wide, Tensor q, Tensor k, Tensor v, Tensor gradient, Tensor? gradientQ, Tensor? gradientK, Tensor? gradientV)
    {
        using var _ = Composed.Begin();
        using var attention = Differentiable.Of(leaves => WrittenOut(shape, leaves[0], leaves[1], leaves[2]), q, k, v);
        attention.AddVjp(gradient, [gradientQ, gradientK, gradientV]);
    }

    /// <summary>The tangents of the output from those of q, k and v, of which at least one is there.</summary>
    internal virtual void AttentionTangent(
        AttentionShape shape, bool wide, int count, Tensor q, Tensor k, Tensor v, Tensor? tangentQ, Tensor? tangentK, Tensor? tangentV, Tensor result)
    {
        using var _ = Composed.Begin();
        using var attention = Differentiable.Of(leaves => WrittenOut(shape, leaves[0], leaves[1], leaves[2]), q, k, v);
        Put(attention.Jvp(count, [tangentQ, tangentK, tangentV]), result);
    }

    /// <summary>Adds how the gradients change.</summary>
    internal virtual void AttentionDerivativeTangent(AttentionDerivativeTangent arguments)
    {
        using var _ = Composed.Begin();
        using var attention = Differentiable.Of(
            leaves => WrittenOut(arguments.Shape, leaves[0], leaves[1], leaves[2]), arguments.Q, arguments.K, arguments.V);
        attention.AddVjpTangent(
            arguments.Count, arguments.Gradient, arguments.GradientTangent, [arguments.TangentQ, arguments.TangentK, arguments.TangentV],
            [arguments.ResultQ, arguments.ResultK, arguments.ResultV]);
    }

    /// <summary>Keeps the new keys and values, and attends to all that are kept, to the same bits as <see cref="Attention"/> over whole sequences. By default
    /// on the host.</summary>
    internal virtual void CachedAttention(CachedAttention arguments)
    {
        using var _ = Composed.Begin();
        var host = arguments with
        {
            Query = arguments.Query.To(Device.Cpu), Key = arguments.Key.To(Device.Cpu), Value = arguments.Value.To(Device.Cpu),
            Keys = arguments.Keys.To(Device.Cpu), Values = arguments.Values.To(Device.Cpu), Output = arguments.Output.To(Device.Cpu),
        };
        Device.Cpu.Backend.CachedAttention(host);
        arguments.Keys.CopyFromInPlace(host.Keys);
        arguments.Values.CopyFromInPlace(host.Values);
        arguments.Output.CopyFromInPlace(host.Output);
    }

    /// <summary>q [batch, queries, heads, width] with k and v [batch, keys, groups, width], in operations.</summary>
    private static Tensor WrittenOut(AttentionShape shape, Tensor q, Tensor k, Tensor v)
    {
        int shared = shape.HeadsPerGroup, products = shape.Batch * shape.Groups;
        // [batch, groups, heads of a group, queries, width], a product for each key head.
        var queries = q.Reshape([shape.Batch, shape.Queries, shape.Groups, shared, shape.Width]).Permute(0, 2, 3, 1, 4)
            .Reshape([products, shared * shape.Queries, shape.Width]);
        var keys = k.Permute(0, 2, 1, 3).Reshape([products, shape.Keys, shape.Width]);
        var values = v.Permute(0, 2, 1, 3).Reshape([products, shape.Keys, shape.Width]);
        var scores = (queries.BatchMatMul(keys, transposeB: true) * shape.Scale).Reshape([products, shared, shape.Queries, shape.Keys]);
        if (shape.Causal)
            scores = Tensor.Where(Seen(shape, q), scores, Tensor.Scalar(double.NegativeInfinity, q.DataType, q.Device));
        var attended = scores.Softmax().Reshape([products, shared * shape.Queries, shape.Keys]).BatchMatMul(values);
        return attended.Reshape([shape.Batch, shape.Groups, shared, shape.Queries, shape.Width]).Permute(0, 3, 1, 2, 4)
            .Reshape([shape.Batch, shape.Queries, shape.Heads, shape.Width]);
    }

    /// <summary>1 where a query sees a key.</summary>
    private static Tensor Seen(AttentionShape shape, Tensor like)
    {
        int[] seen = new int[shape.Queries * shape.Keys];
        for (int query = 0; query < shape.Queries; query++)
            seen.AsSpan(query * shape.Keys, shape.Visible(query)).Fill(1);
        return Indices(seen, [shape.Queries, shape.Keys], like);
    }
}
