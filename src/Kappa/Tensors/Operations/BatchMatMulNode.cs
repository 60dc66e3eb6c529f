using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>The products of the matrices of two batches, op(a[i]) op(b[i]).</summary>
internal sealed class BatchMatMulNode(Tensor a, Tensor b, bool transposeA, bool transposeB) : GraphNode(a, b)
{
    internal override string Name => "BatchMatMul";

    internal bool TransposeA => transposeA;

    internal bool TransposeB => transposeB;

    /// <summary>The length that is summed over.</summary>
    internal int Inner => Input(0).Shape[transposeA ? 1 : 2];

    internal static Tensor Apply(Tensor a, Tensor b, bool transposeA, bool transposeB)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Operands.RequireSameFloating(a, b, "BatchMatMul");
        if (a.Rank != 3 || b.Rank != 3 || a.Shape[0] != b.Shape[0])
            throw new TensorShapeException($"BatchMatMul: expected two batches of as many matrices, each with 3 axes; got {a.Shape} and {b.Shape}");
        int inner = a.Shape[transposeA ? 1 : 2];
        if (inner != b.Shape[transposeB ? 2 : 1])
        {
            throw new TensorShapeException(
                $"BatchMatMul: the inner lengths differ: {a.Shape}{(transposeA ? " transposed" : "")} times {b.Shape}{(transposeB ? " transposed" : "")} has "
                + $"{inner} against {b.Shape[transposeB ? 2 : 1]}");
        }

        var result = a.New([a.Shape[0], a.Shape[transposeA ? 2 : 1], b.Shape[transposeB ? 1 : 2]]);
        Multiply(transposeA, transposeB, a, b, result, accumulate: false);
        if (Recording.Needed(a, b))
            result.RecordedBy(new BatchMatMulNode(a, b, transposeA, transposeB));
        return result;
    }

    protected override SavedValue[] Save() => [new(Input(0), neededFor: Input(1)), new(Input(1), neededFor: Input(0))];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var (a, b) = (Input(0), Input(1));
        if (pass.Needs(a))
            ShareOfA(gradient, b, pass.Destination(a, out bool accumulate), accumulate);
        if (pass.Needs(b))
            ShareOfB(a, gradient, pass.Destination(b, out bool accumulate), accumulate);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var (a, b) = (Input(0), Input(1));
        var result = a.New([pass.Count, a.Shape[0], a.Shape[transposeA ? 2 : 1], b.Shape[transposeB ? 1 : 2]]);
        for (int i = 0; i < pass.Count; i++)
        {
            using var tangentA = pass.Of(a)?.Entry(i);
            using var tangentB = pass.Of(b)?.Entry(i);
            using var to = result.Entry(i);
            if (tangentA is not null)
                Multiply(transposeA, transposeB, tangentA, b, to, accumulate: false);
            if (tangentB is not null)
                Multiply(transposeA, transposeB, a, tangentB, to, accumulate: tangentA is not null);
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var (a, b) = (Input(0), Input(1));
        if (pass.Needs(a) && (gradientTangent is not null || pass.Of(b) is not null))
        {
            var destination = pass.Destination(a, out bool accumulate);
            for (int i = 0; i < pass.Count; i++)
            {
                using var to = destination.Entry(i);
                using var change = gradientTangent?.Entry(i);
                using var tangent = pass.Of(b)?.Entry(i);
                if (change is not null)
                    ShareOfA(change, b, to, accumulate);
                if (tangent is not null)
                    ShareOfA(gradient!, tangent, to, accumulate || change is not null);
            }
        }

        if (pass.Needs(b) && (gradientTangent is not null || pass.Of(a) is not null))
        {
            var destination = pass.Destination(b, out bool accumulate);
            for (int i = 0; i < pass.Count; i++)
            {
                using var to = destination.Entry(i);
                using var change = gradientTangent?.Entry(i);
                using var tangent = pass.Of(a)?.Entry(i);
                if (change is not null)
                    ShareOfB(a, change, to, accumulate);
                if (tangent is not null)
                    ShareOfB(tangent, gradient!, to, accumulate || change is not null);
            }
        }
    }

    /// <summary>G op(b)^T, or its transpose where a is used transposed.</summary>
    private void ShareOfA(Tensor gradient, Tensor b, Tensor destination, bool accumulate)
    {
        if (transposeA)
            Multiply(transposeB, true, b, gradient, destination, accumulate);
        else
            Multiply(false, !transposeB, gradient, b, destination, accumulate);
    }

    /// <summary>op(a)^T G, or its transpose where b is used transposed.</summary>
    private void ShareOfB(Tensor a, Tensor gradient, Tensor destination, bool accumulate)
    {
        if (transposeB)
            Multiply(true, transposeA, gradient, a, destination, accumulate);
        else
            Multiply(!transposeA, false, a, gradient, destination, accumulate);
    }

    private static void Multiply(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor result, bool accumulate)
    {
        for (int i = 0; i < result.Shape[0]; i++)
        {
            using var left = a.Entry(i);
            using var right = b.Entry(i);
            using var to = result.Entry(i);
            to.Backend.MatMul(transposeA, transposeB, left, right, to, accumulate);
        }
    }
}
