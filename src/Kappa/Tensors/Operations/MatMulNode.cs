using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>op(a) op(b), where op may transpose.</summary>
internal sealed class MatMulNode(Tensor a, Tensor b, bool transposeA, bool transposeB) : GraphNode(a, b)
{
    internal override string Name => "MatMul";

    internal bool TransposeA => transposeA;

    internal bool TransposeB => transposeB;

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
        {
            throw new TensorShapeException(
                $"MatMul: the inner lengths differ: {a.Shape}{(transposeA ? " transposed" : "")} times {b.Shape}{(transposeB ? " transposed" : "")} has {k} "
                + $"against {b.Shape[transposeB ? 1 : 0]}");
        }

        var result = a.New([m, n]);
        result.Backend.MatMul(transposeA, transposeB, a, b, result, accumulate: false);
        if (Recording.Needed(a, b))
            result.RecordedBy(new MatMulNode(a, b, transposeA, transposeB));
        return result;
    }

    protected override SavedValue[] Save() => [new(Input(0), neededFor: Input(1)), new(Input(1), neededFor: Input(0))];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var (a, b) = (Input(0), Input(1));
        if (pass.Needs(a))
            ToLeft(gradient, b, pass.Destination(a, out bool accumulate), accumulate);
        if (!pass.Needs(b))
            return;
        if (transposeB && !transposeA && pass.IsTakenOver(b, a, gradient))
            return;
        ToRight(a, gradient, pass.Destination(b, out bool add), add);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var (a, b) = (Input(0), Input(1));
        var result = a.New([pass.Count, a.Shape[transposeA ? 1 : 0], b.Shape[transposeB ? 0 : 1]]);
        for (int i = 0; i < pass.Count; i++)
        {
            using var to = result.Entry(i);
            if (pass.Of(a) is { } tangentsA)
            {
                using var tangent = tangentsA.Entry(i);
                to.Backend.MatMul(transposeA, transposeB, tangent, b, to, accumulate: false);
            }

            if (pass.Of(b) is { } tangentsB)
            {
                using var tangent = tangentsB.Entry(i);
                to.Backend.MatMul(transposeA, transposeB, a, tangent, to, accumulate: pass.Of(a) is not null);
            }
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var (a, b) = (Input(0), Input(1));
        if (pass.Needs(a))
        {
            EachEntry(gradientTangent, pass.Of(b), a, pass, (from, to, add) => ToLeft(from, b, to, add),
                (tangent, to, add) => ToLeft(gradient!, tangent, to, add));
        }

        if (pass.Needs(b))
        {
            EachEntry(gradientTangent, pass.Of(a), b, pass, (from, to, add) => ToRight(a, from, to, add),
                (tangent, to, add) => ToRight(tangent, gradient!, to, add));
        }
    }

    private static void EachEntry(
        Tensor? gradients, Tensor? tangents, Tensor input, TangentPass pass, Action<Tensor, Tensor, bool> fromGradient, Action<Tensor, Tensor,
        bool> fromTangent)
    {
        if (gradients is null && tangents is null)
            return;
        var destination = pass.Destination(input, out bool accumulate);
        for (int i = 0; i < pass.Count; i++)
        {
            using var to = destination.Entry(i);
            using var gradient = gradients?.Entry(i);
            using var tangent = tangents?.Entry(i);
            if (gradient is not null)
                fromGradient(gradient, to, accumulate);
            if (tangent is not null)
                fromTangent(tangent, to, accumulate || gradient is not null);
        }
    }

    /// <summary>C = op(A) op(B): the gradient at op(A) is G op(B)^T.</summary>
    private void ToLeft(Tensor gradient, Tensor right, Tensor destination, bool accumulate)
    {
        if (transposeA)
            destination.Backend.MatMul(transposeB, true, right, gradient, destination, accumulate);
        else
            destination.Backend.MatMul(false, !transposeB, gradient, right, destination, accumulate);
    }

    /// <summary>The gradient at op(B) is op(A)^T G.</summary>
    private void ToRight(Tensor left, Tensor gradient, Tensor destination, bool accumulate)
    {
        if (transposeB)
            destination.Backend.MatMul(true, transposeA, gradient, left, destination, accumulate);
        else
            destination.Backend.MatMul(!transposeA, false, left, gradient, destination, accumulate);
    }
}
