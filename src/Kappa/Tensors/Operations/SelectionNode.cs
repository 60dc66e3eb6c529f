using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>Elements picked by comparison: the maxima of windows, or groups of channels sorted. Linear between the points where a choice changes.</summary>
internal sealed class SelectionNode(string name, Tensor x, Tensor winners, int blocks) : GraphNode(x)
{
    private const string Descending = "MaxMin";

    internal override string Name => name;

    /// <summary>The windows that maxima were taken of; null for a sort.</summary>
    internal PoolingGeometry? Windows { get; private init; }

    /// <summary>How many consecutive channels were sorted together; 0 for maxima of windows.</summary>
    internal int Group { get; private init; }

    internal bool IsDescending => name == Descending;

    /// <summary>Whether an element may be picked more than once.</summary>
    private bool Repeats => Windows is { } windows && windows.Stride < windows.Kernel;

    internal static Tensor MaxPool(Tensor x, int kernel, int stride, int padding)
    {
        var geometry = Operations.Windows.Pooling("MaxPool2d", x, kernel, stride, padding);
        var y = Tensor.Uninitialized([x.Shape[0], x.Shape[1], geometry.OutputHeight, geometry.OutputWidth], x.DataType);
        var winners = Tensor.Uninitialized(y.Shape, DataType.Int32);
        Backend.Current.MaxPool(geometry, x, y, winners);
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
        var y = Tensor.Uninitialized(x.Shape, x.DataType);
        var order = Tensor.Uninitialized(x.Shape, DataType.Int32);
        Backend.Current.GroupSort(x, x.Shape[0], x.Shape[1], SliceNode.Inner(x.Shape, 1), group, descending, y, order);
        return Record(new SelectionNode(name, x, order, x.Shape[0]) { Group = group }, x, order, y);
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (!pass.Needs(Input(0)))
            return;
        var destination = pass.Destination(Input(0), out bool accumulate);
        Backend.Current.SelectDerivative(gradient, winners, blocks, Repeats, destination, accumulate);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var tangents = pass.Of(Input(0))!;
        var result = Tensor.Uninitialized(winners.Shape.Prepend(pass.Count), tangents.DataType);
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            Backend.Current.Select(from, winners, to);
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
            Backend.Current.SelectDerivative(from, winners, blocks, Repeats, to, accumulate);
        }
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
