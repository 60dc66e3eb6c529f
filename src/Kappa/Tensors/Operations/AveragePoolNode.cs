using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The mean of each window. Linear.</summary>
internal sealed class AveragePoolNode(PoolingGeometry geometry, Tensor x, Shape shape) : GraphNode(x)
{
    internal override string Name => "AvgPool2d";

    internal PoolingGeometry Geometry => geometry;

    internal static Tensor Apply(Tensor x, int kernel, int stride, int padding)
    {
        var geometry = Windows.Pooling("AvgPool2d", x, kernel, stride, padding);
        var y = x.New([x.Shape[0], x.Shape[1], geometry.OutputHeight, geometry.OutputWidth]);
        y.Backend.AveragePool(geometry, x, y);
        if (Recording.Needed(x))
            y.RecordedBy(new AveragePoolNode(geometry, x, y.Shape));
        return y;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (!pass.Needs(Input(0)))
            return;
        var destination = pass.Destination(Input(0), out bool accumulate);
        destination.Backend.AveragePoolDerivative(geometry, gradient, destination, accumulate);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var result = Input(0).New(shape.Prepend(pass.Count));
        result.Backend.AveragePool(Wide(pass), pass.Of(Input(0))!, result);
        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is null || !pass.Needs(Input(0)))
            return;
        var destination = pass.Destination(Input(0), out bool accumulate);
        destination.Backend.AveragePoolDerivative(Wide(pass), gradientTangent, destination, accumulate);
    }

    private PoolingGeometry Wide(TangentPass pass) => geometry with { Planes = pass.Count * geometry.Planes };
}
