using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>Elements of one tensor where a condition holds, and of another where it does not; all have one shape.</summary>
internal sealed class WhereNode(string name, Tensor condition, Tensor a, Tensor b) : GraphNode(a, b)
{
    internal override string Name => name;

    internal Tensor Condition => condition;

    internal static Tensor Apply(Tensor condition, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(condition);
        RequireSame("Where", a, b);
        if (condition.DataType != DataType.Int32)
            throw new TensorShapeException($"Where: a condition is Int32, 0 for no; got {condition.Shape} {condition.DataType}. Compare, as in x.Greater(0)");
        var shape = Broadcasting.Combine(Broadcasting.Combine(a.Shape, b.Shape, "Where"), condition.Shape, "Where");
        return Pick("Where", ExpandNode.Constant(condition, shape), Spread(a, shape), Spread(b, shape));
    }

    /// <summary>The larger of two, or the smaller; the first of equals; NaN wins.</summary>
    internal static Tensor Extreme(Tensor a, Tensor b, bool smallest)
    {
        string name = smallest ? "Minimum" : "Maximum";
        RequireSame(name, a, b);
        var shape = Broadcasting.Combine(a.Shape, b.Shape, name);
        var (first, second) = (Spread(a, shape), Spread(b, shape));
        var condition = a.New(shape, DataType.Int32);
        condition.Backend.Compare(smallest ? Comparison.TakesMinimum : Comparison.TakesMaximum, first, second, condition);
        return Pick(name, condition, first, second);
    }

    /// <summary>1 where a comparison holds and 0 where not. Not differentiated.</summary>
    internal static Tensor Compare(Comparison comparison, Tensor a, Tensor b)
    {
        RequireSame(comparison.ToString(), a, b);
        var shape = Broadcasting.Combine(a.Shape, b.Shape, comparison.ToString());
        using var first = ExpandNode.Constant(a, shape);
        using var second = ExpandNode.Constant(b, shape);
        var result = a.New(shape, DataType.Int32);
        result.Backend.Compare(comparison, first, second, result);
        return result;
    }

    /// <summary>Compares with a number: that of the tensor's type, where the type holds it.</summary>
    internal static Tensor Compare(Comparison comparison, Tensor a, double b)
    {
        if (a.DataType.IsFloating() || (b == Math.Floor(b) && Math.Abs(b) <= int.MaxValue))
        {
            using var number = Tensor.Scalar(b, a.DataType, a.Device);
            return Compare(comparison, a, number);
        }

        using var wide = a.To(DataType.Float64);
        using var fraction = Tensor.Scalar(b, DataType.Float64, a.Device);
        return Compare(comparison, wide, fraction);
    }

    protected override SavedValue[] Save() => [new(condition)];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (pass.Needs(Input(0)))
            pass.Add(Input(0), Part(gradient, null));
        if (pass.Needs(Input(1)))
            pass.Add(Input(1), Part(null, gradient));
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var (fromA, fromB) = (pass.Of(Input(0)), pass.Of(Input(1)));
        var result = pass.New(Input(0));
        for (int i = 0; i < pass.Count; i++)
        {
            using var first = fromA?.Entry(i);
            using var second = fromB?.Entry(i);
            using var to = result.Entry(i);
            to.Backend.Where(condition, first, second, to);
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is null)
            return;
        for (int input = 0; input < 2; input++)
        {
            if (!pass.Needs(Input(input)))
                continue;
            var share = pass.New(Input(input));
            for (int i = 0; i < pass.Count; i++)
            {
                using var from = gradientTangent.Entry(i);
                using var to = share.Entry(i);
                to.Backend.Where(condition, input == 0 ? from : null, input == 0 ? null : from, to);
            }

            pass.Add(Input(input), share);
        }
    }

    private Tensor Part(Tensor? a, Tensor? b)
    {
        var result = Input(0).New(Input(0).Shape);
        result.Backend.Where(condition, a, b, result);
        return result;
    }

    private static Tensor Pick(string name, Tensor condition, Tensor a, Tensor b)
    {
        var result = a.New(a.Shape);
        result.Backend.Where(condition, a, b, result);
        if (Recording.Needed(a, b))
            result.RecordedBy(new WhereNode(name, condition, a, b));
        return result;
    }

    private static Tensor Spread(Tensor x, Shape shape) => x.Shape == shape ? x : x.Expand(shape);

    private static void RequireSame(string name, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.DataType != b.DataType)
        {
            throw new TensorShapeException(
                $"{name}: expected two tensors of one type; got {a.Shape} {a.DataType} and {b.Shape} {b.DataType}. Convert one with To(...)");
        }
    }
}
