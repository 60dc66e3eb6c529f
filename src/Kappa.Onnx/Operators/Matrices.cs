using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Products of matrices.</summary>
internal static class Matrices
{
    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        all.Add("Gemm", Gemm);
        all.Add("MatMul", node =>
        {
            _ = node.Takes(2, 2);
            return call => [new Numbers(Multiply(call.Tensor(0), call.Tensor(1)))];
        });
    }

    private static Operator Gemm(NodeReader node)
    {
        _ = node.Takes(2, 3).Ignores("broadcast");
        double alpha = node.Number("alpha", 1), beta = node.Number("beta", 1);
        bool transposeA = node.Flag("transA", false), transposeB = node.Flag("transB", false);
        var activation = node.Fused;
        return call =>
        {
            var (a, b) = (call.Tensor(0), call.Tensor(1));
            var c = call.Has(2) && beta != 0 ? call.Tensor(2) : null;
            if (!transposeA && transposeB && alpha == 1 && beta == 1 && (c is null || (c.Rank == 1 && c.Count == b.Shape[0])))
                return [new Numbers(a.Linear(b, c, activation))];
            var product = a.MatMul(b, transposeA, transposeB);
            if (alpha != 1)
                product *= alpha;
            var sum = c is null ? product : product + (beta == 1 ? c : c * beta);
            return [new Numbers(Applied(sum, activation))];
        };
    }

    /// <summary>An activation as an operation of its own.</summary>
    internal static Tensor Applied(Tensor x, Activation activation) => activation switch
    {
        Activation.Identity => x,
        Activation.Relu => x.Relu(),
        Activation.Tanh => x.Tanh(),
        Activation.Sigmoid => x.Sigmoid(),
        Activation.Gelu => x.Gelu(),
        Activation.Silu => x.Silu(),
        _ => x.SquaredRelu(),
    };

    /// <summary>The product of the last two axes, for each of the others, which broadcast.</summary>
    internal static Tensor Multiply(Tensor a, Tensor b)
    {
        if (a.Rank == 0 || b.Rank == 0)
            throw new TensorShapeException($"expected vectors or matrices; got {a.Shape} and {b.Shape}");
        if (a.Rank == 1)
        {
            var row = Multiply(a.Reshape([1, a.Count]), b);
            return row.Reshape(b.Rank == 1 ? [] : Without(row.Shape, row.Rank - 2));
        }

        if (b.Rank == 1)
        {
            var column = Multiply(a, b.Reshape([b.Count, 1]));
            return column.Reshape(Without(column.Shape, column.Rank - 1));
        }

        if (b.Rank == 2)
        {
            return a.Rank == 2
                ? a.MatMul(b)
                : a.Reshape([a.Count / Math.Max(1, a.Shape[-1]), a.Shape[-1]]).MatMul(b).Reshape(a.Shape.With(a.Rank - 1, b.Shape[1]));
        }

        var (m, k, n) = (a.Shape[-2], a.Shape[-1], b.Shape[-1]);
        int[] batch = Broadcasting.Combine(Leading(a), Leading(b), "MatMul").ToArray();
        int count = new Shape(batch).Count;
        var left = Spread(a, batch).Reshape([count, m, k]);
        var right = Spread(b, batch).Reshape([count, b.Shape[-2], n]);
        return left.BatchMatMul(right).Reshape([.. batch, m, n]);
    }

    private static Shape Leading(Tensor x) => new(x.Shape.ToArray()[..^2]);

    private static Tensor Spread(Tensor x, int[] batch)
    {
        Shape whole = [.. batch, x.Shape[-2], x.Shape[-1]];
        return x.Shape == whole ? x : x.Expand(whole);
    }

    private static Shape Without(Shape shape, int axis) => new([.. shape.ToArray().Where((_, i) => i != axis)]);
}
