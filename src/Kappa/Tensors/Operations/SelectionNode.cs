using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>Elements picked by comparison: the maxima of windows, groups of channels sorted, or the largest of an axis. Linear between the points where a
/// choice changes.</summary>
internal sealed class SelectionNode(string name, Tensor x, Tensor winners, int blocks) : GraphNode(x)
{
    private const string Descending = "MaxMin";

    internal override string Name => name;

    /// <summary>The windows that maxima were taken of; null where there are none.</summary>
    internal PoolingGeometry? Windows { get; private init; }

    /// <summary>How many consecutive channels were sorted together; 0 where it is no sort.</summary>
    internal int Group { get; private init; }

    internal bool IsDescending => name == Descending;

    /// <summary>Whether an element may be picked more than once.</summary>
    private bool Repeats => Windows is { } windows && windows.Stride < windows.Kernel;

    internal static Tensor MaxPool(Tensor x, int kernel, int stride, int padding)
    {
        var geometry = Operations.Windows.Pooling("MaxPool2d", x, kernel, stride, padding);
        var y = x.New([x.Shape[0], x.Shape[1], geometry.OutputHeight, geometry.OutputWidth]);
        var winners = x.New(y.Shape, DataType.Int32);
        y.Backend.MaxPool(geometry, x, y, winners);
        return Record(new SelectionNode("MaxPool2d", x, winners, geometry.Planes) { Windows = geometry }, x, winners, y);
    }

    internal static Tensor GroupSort(Tensor x, int group, bool descending)
    {
        string name = descending ? Descending : "GroupSort";
        Operands.RequireFloating(x, name);
        if (x.Rank < 2)
            throw new TensorShapeException($"{name}: expected [batch, channels, ...]; got {x.Shape}");
        if (group < 1 || x.Shape[1] % group != 0)
            throw new TensorShapeException($"{name}: groups of {group} do not divide the {x.Shape[1]} channels of {x.Shape}");
        var y = x.New(x.Shape);
        var order = x.New(x.Shape, DataType.Int32);
        y.Backend.GroupSort(x, x.Shape[0], x.Shape[1], SliceNode.Inner(x.Shape, 1), group, descending, y, order);
        return Record(new SelectionNode(name, x, order, x.Shape[0]) { Group = group }, x, order, y);
    }

    /// <summary>The largest elements along one axis, or the smallest, with their places along it.</summary>
    internal static (Tensor Values, Tensor Indices) TopK(Tensor x, int k, int axis, bool smallest)
    {
        axis = Check(x, axis, "TopK");
        if (k < 0 || k > x.Shape[axis])
            throw new TensorShapeException($"TopK: axis {axis} of {x.Shape} has {x.Shape[axis]} elements; asked for {k}");
        var shape = x.Shape.With(axis, k);
        var values = x.New(shape);
        var (places, indices) = (x.New(shape, DataType.Int32), x.New(shape, DataType.Int32));
        if (shape.Count > 0)
        {
            values.Backend.TopK(
                x, ReductionNode.Extent(x.Shape, 0, axis), x.Shape[axis], SliceNode.Inner(x.Shape, axis), k, smallest, values, places, indices);
        }

        return (Record(new SelectionNode("TopK", x, indices, blocks: 1), x, indices, values), places);
    }

    /// <summary>Where the best element along an axis is. Not differentiated.</summary>
    internal static Tensor Place(Tensor x, int axis, bool keepAxis, bool smallest)
    {
        string name = smallest ? "ArgMin" : "ArgMax";
        axis = Check(x, axis, name);
        if (x.Shape[axis] == 0)
            throw new TensorShapeException($"{name}: axis {axis} of {x.Shape} is empty");
        var result = x.New(keepAxis ? x.Shape.With(axis, 1) : x.Shape.Without(axis), DataType.Int32);
        if (result.Count > 0)
            result.Backend.ArgMax(x, ReductionNode.Extent(x.Shape, 0, axis), x.Shape[axis], SliceNode.Inner(x.Shape, axis), smallest, result);
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (!pass.Needs(Input(0)))
            return;
        var destination = pass.Destination(Input(0), out bool accumulate);
        destination.Backend.SelectDerivative(gradient, winners, blocks, Repeats, destination, accumulate);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var tangents = pass.Of(Input(0))!;
        var result = tangents.New(winners.Shape.Prepend(pass.Count));
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            to.Backend.Select(from, winners, to);
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
            to.Backend.SelectDerivative(from, winners, blocks, Repeats, to, accumulate);
        }
    }

    private static int Check(Tensor x, int axis, string name)
    {
        Operands.RequireFloating(x, name);
        axis = x.Shape.NormalizeAxis(axis, name);
        if (!double.IsNaN(x.Backend.LargestMagnitude(x)))
            return axis;
        int bad = 0;
        var host = x.OnHost();
        while (!double.IsNaN(host.ElementAsDouble(bad)))
            bad++;
        throw new NonFiniteException(
            $"{name}: {x.Name ?? "the tensor"} {x.Shape} holds NaN at index {NonFiniteDiagnosis.Position(x, bad)}, which is neither larger nor smaller than "
            + "any number");
    }

    private static Tensor Record(SelectionNode node, Tensor x, Tensor winners, Tensor y)
    {
        if (Recording.Needed(x))
            y.RecordedBy(node);
        else
            winners.Dispose();
        return y;
    }
}
