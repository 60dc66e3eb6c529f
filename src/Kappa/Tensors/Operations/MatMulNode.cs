using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>op(a) op(b), where op may transpose.</summary>
internal sealed class MatMulNode(Tensor a, Tensor b, bool transposeA, bool transposeB) : GraphNode(a, b)
{
    internal override string Name => "MatMul";

    internal static Tensor Apply(Tensor a, Tensor b, bool transposeA, bool transposeB)
    {
        ArgumentNullException.ThrowIfNull(b);
        Operands.RequireSameFloating(a, b, "MatMul");
        Operands.RequireMatrix(a, "MatMul", "left operand");
        Operands.RequireMatrix(b, "MatMul", "right operand");
        int m = a.Shape[transposeA ? 1 : 0];
        int k = a.Shape[transposeA ? 0 : 1];
        int n = b.Shape[transposeB ? 0 : 1];
        if (b.Shape[transposeB ? 1 : 0] != k)
            throw new TensorShapeException($"MatMul: the inner lengths differ: {a.Shape}{(transposeA ? " transposed" : "")} times {b.Shape}{(transposeB ? " transposed" : "")} has {k} against {b.Shape[transposeB ? 1 : 0]}");
        var result = Tensor.Uninitialized([m, n], a.DataType);
        Backend.Current.MatMul(transposeA, transposeB, a, b, result, accumulate: false);
        if (Recording.Needed(a, b))
            result.RecordedBy(new MatMulNode(a, b, transposeA, transposeB));
        return result;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        // C = op(A) op(B): the gradient at op(A) is G op(B)^T, that at op(B) is op(A)^T G.
        var (a, b) = (Input(0), Input(1));
        if (BackwardPass.Needs(a))
        {
            var destination = pass.Destination(a, out bool accumulate);
            if (transposeA)
                Backend.Current.MatMul(transposeB, true, b, gradient, destination, accumulate);
            else
                Backend.Current.MatMul(false, !transposeB, gradient, b, destination, accumulate);
        }

        if (!BackwardPass.Needs(b))
            return;
        if (transposeB && !transposeA && WeightUse.IsTakenOver(b, a, gradient))
            return;
        var gradientB = pass.Destination(b, out bool add);
        if (transposeB)
            Backend.Current.MatMul(true, transposeA, gradient, a, gradientB, add);
        else
            Backend.Current.MatMul(!transposeA, false, a, gradient, gradientB, add);
    }
}
