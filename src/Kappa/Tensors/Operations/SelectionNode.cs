using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>Elements picked by comparison: the maxima of windows, or groups of channels sorted. Linear between the points where a choice changes.</summary>
internal sealed class SelectionNode(string name, Tensor x, Tensor winners, int blocks) : GraphNode(x)
{
    internal override string Name => name;

    internal static Tensor MaxPool(Tensor x, int kernel, int stride, int padding)
    {
        var geometry = Windows.Pooling("MaxPool2d", x, kernel, stride, padding);
        var y = Tensor.Uninitialized([x.Shape[0], x.Shape[1], geometry.OutputHeight, geometry.OutputWidth], x.DataType);
        var winners = Tensor.Uninitialized(y.Shape, DataType.Int32);
        Backend.Current.MaxPool(geometry, x, y, winners);
        return Record("MaxPool2d", x, winners, geometry.Planes, y);
    }

    internal static Tensor GroupSort(Tensor x, int group, bool descending)
    {
        string name = descending ? "MaxMin" : "GroupSort";
        Operands.RequireFloating(x, name);
        if (x.Rank < 2)
            throw new TensorShapeException($"{name}: expected [batch, channels, ...]; got {x.Shape}");
        if (group < 1 || x.Shape[1] % group != 0)
            throw new TensorShapeException($"{name}: groups of {group} do not divide the {x.Shape[1]} channels of {x.Shape}");
        var y = Tensor.Uninitialized(x.Shape, x.DataType);
        var order = Tensor.Uninitialized(x.Shape, DataType.Int32);
        Backend.Current.GroupSort(x, x.Shape[0], x.Shape[1], SliceNode.Inner(x.Shape, 1), group, descending, y, order);
        return Record(name, x, order, x.Shape[0], y);
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (!pass.Needs(Input(0)))
            return;
        var destination = pass.Destination(Input(0), out bool accumulate);
        Backend.Current.SelectDerivative(gradient, winners, blocks, destination, accumulate);
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
            Backend.Current.SelectDerivative(from, winners, blocks, to, accumulate);
        }
    }

    private static Tensor Record(string name, Tensor x, Tensor winners, int blocks, Tensor y)
    {
        if (Recording.Needed(x))
            y.RecordedBy(new SelectionNode(name, x, winners, blocks));
        else
            winners.Dispose();
        return y;
    }
}
