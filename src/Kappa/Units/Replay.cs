using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Units;

/// <summary>
/// Runs recorded operations without parameters again, on other values. Sums drop signs, so that what came from squares stays a sum of squares; a negation
/// before a ReLU does not, so that the negative leg of a LeakyReLU or PReLU carries nothing, as it does where those are one operation.
/// </summary>
internal static class Replay
{
    internal static Tensor Run(GraphNode node, Tensor[] x) => node switch
    {
        UnaryNode { Kernel: UnaryKernel.Relu } => x[0].Relu(),
        UnaryNode { Kernel: UnaryKernel.Negate } => -x[0],
        UnaryNode => x[0].Abs(),
        AffineNode affine => x[0] * affine.Scale,
        ArithmeticNode { Kernel: BinaryKernel.Add or BinaryKernel.Subtract } => x[0].Abs() + x[1].Abs(),
        ArithmeticNode { Kernel: BinaryKernel.Multiply } => x[0] * x[1],
        ArithmeticNode => x[0] / x[1],
        CastNode => x[0],
        ReshapeNode => x[0].Reshape(((ReshapeNode)node).Shape),
        TransposeNode => x[0].Transpose(),
        SliceNode slice => x[0].Slice(slice.Axis, slice.Start, slice.Length),
        ConcatNode concat => Tensor.Concat(concat.Axis, x),
        MatMulNode product => x[0].MatMul(x[1], product.TransposeA, product.TransposeB),
        AveragePoolNode { Geometry: var windows } => x[0].AvgPool2d(windows.Kernel, windows.Stride, windows.Padding),
        SelectionNode { Windows: { } windows } => x[0].MaxPool2d(windows.Kernel, windows.Stride, windows.Padding),
        SelectionNode { IsDescending: true } => x[0].MaxMin(),
        SelectionNode { Group: > 0 } sort => x[0].GroupSort(sort.Group),
        ReductionNode { Axis: { } axis } sum => (sum.IsMean ? x[0].Mean(axis) : x[0].Sum(axis)).Reshape(sum.Shape),
        ReductionNode sum => sum.IsMean ? x[0].Mean() : x[0].Sum(),
        MaxNode max => x[0].Max(max.Axis, keepAxis: true).Reshape(max.Shape),
        _ => throw new InvalidOperationException($"{node.Name} was taken for an operation without parameters"),
    };
}
