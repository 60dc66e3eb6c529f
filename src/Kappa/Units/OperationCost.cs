using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Operations;

namespace Kappa.Units;

/// <summary>What a recorded operation costs, by its shapes.</summary>
internal static class OperationCost
{
    /// <summary>Floating-point operations. A multiplication with the addition behind it counts 2; what only moves or picks elements counts nothing; all else
    /// counts 1 for each element that it reads or gives, whichever is more.</summary>
    internal static long Flops(GraphNode node, Tensor output) => node switch
    {
        LinearNode => (2L * output.Count * node.Input(1).Shape[1]) + BiasAndActivation((ActivatedNode)node, output),
        Conv2dNode => (2L * output.Count * (node.Input(1).Count / Math.Max(1, node.Input(1).Shape[0]))) + BiasAndActivation((ActivatedNode)node, output),
        MatMulNode product => 2L * output.Count * node.Input(0).Shape[product.TransposeA ? 0 : 1],
        BatchMatMulNode product => 2L * output.Count * product.Inner,
        AttentionNode attention => Attention(attention),
        ReshapeNode or TransposeNode or PermuteNode or ExpandNode or SliceNode or ConcatNode or GatherNode or WhereNode or SelectionNode => 0,
        _ => Math.Max(output.Count, Enumerable.Range(0, node.InputCount).Max(i => node.Input(i).Count)),
    };

    /// <summary>Bytes of its result that are not those of its input.</summary>
    internal static long Bytes(GraphNode node, Tensor output) => node is ReshapeNode ? 0 : (long)output.Count * output.DataType.SizeOf();

    private static long BiasAndActivation(ActivatedNode node, Tensor output) =>
        ((node.InputCount > 2 ? 1L : 0) + (node.Activation == Tensors.Kernels.UnaryKernel.Identity ? 0 : 1)) * output.Count;

    /// <summary>Scores and weighted sums of values, for the pairs that are seen, and the softmax between them.</summary>
    private static long Attention(AttentionNode node)
    {
        Shape q = node.Input(0).Shape, k = node.Input(1).Shape;
        long pairs = (long)q[1] * k[1];
        if (node.Shape.Causal)
            pairs -= (long)q[1] * (q[1] - 1) / 2;
        return q[0] * q[2] * pairs * ((4L * q[3]) + 1);
    }
}
