using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The largest elements along one axis, or the smallest: elements picked by their flat indices, each at most once.</summary>
internal sealed class TopKNode(Tensor x, Tensor indices) : GraphNode(x)
{
    internal override string Name => "TopK";

    internal static (Tensor Values, Tensor Indices) Apply(Tensor x, int k, int axis, bool smallest)
    {
        axis = Check(x, axis, "TopK");
        if (k < 0 || k > x.Shape[axis])
            throw new TensorShapeException($"TopK: axis {axis} of {x.Shape} has {x.Shape[axis]} elements; asked for {k}");
        var shape = x.Shape.With(axis, k);
        var values = Tensor.Uninitialized(shape, x.DataType);
        var (places, indices) = (Tensor.Uninitialized(shape, DataType.Int32), Tensor.Uninitialized(shape, DataType.Int32));
        if (shape.Count > 0)
        {
            Backend.Current.TopK(
                x, ReductionNode.Extent(x.Shape, 0, axis), x.Shape[axis], SliceNode.Inner(x.Shape, axis), k, smallest, values, places, indices);
        }

        if (Recording.Needed(x))
            values.RecordedBy(new TopKNode(x, indices));
        else
            indices.Dispose();
        return (values, places);
    }

    /// <summary>Where the best element along an axis is. Not differentiated.</summary>
    internal static Tensor Place(Tensor x, int axis, bool keepAxis, bool smallest)
    {
        string name = smallest ? "ArgMin" : "ArgMax";
        axis = Check(x, axis, name);
        if (x.Shape[axis] == 0)
            throw new TensorShapeException($"{name}: axis {axis} of {x.Shape} is empty");
        var result = Tensor.Uninitialized(keepAxis ? x.Shape.With(axis, 1) : x.Shape.Without(axis), DataType.Int32);
        if (result.Count > 0)
            Backend.Current.ArgMax(x, ReductionNode.Extent(x.Shape, 0, axis), x.Shape[axis], SliceNode.Inner(x.Shape, axis), smallest, result);
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (!pass.Needs(Input(0)))
            return;
        var destination = pass.Destination(Input(0), out bool accumulate);
        Backend.Current.SelectDerivative(gradient, indices, 1, repeats: false, destination, accumulate);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var tangents = pass.Of(Input(0))!;
        var result = Tensor.Uninitialized(indices.Shape.Prepend(pass.Count), tangents.DataType);
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            Backend.Current.Select(from, indices, to);
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is null || !pass.Needs(Input(0)))
            return;
        var destination = pass.Destination(Input(0), out bool accumulate);
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = gradientTangent.Entry(i);
            using var to = destination.Entry(i);
            Backend.Current.SelectDerivative(from, indices, 1, repeats: false, to, accumulate);
        }
    }

    private static int Check(Tensor x, int axis, string name)
    {
        Operands.RequireFloating(x, name);
        axis = x.Shape.NormalizeAxis(axis, name);
        if (!double.IsNaN(Backend.Current.LargestMagnitude(x)))
            return axis;
        int bad = 0;
        while (!double.IsNaN(x.ElementAsDouble(bad)))
            bad++;
        throw new NonFiniteException(
            $"{name}: {x.Name ?? "the tensor"} {x.Shape} holds NaN at index {NonFiniteDiagnosis.Position(x, bad)}, which is neither larger nor smaller than "
            + "any number");
    }
}
