using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>Softmax over the last axis, or its logarithm.</summary>
internal sealed class SoftmaxNode(Tensor x, Tensor y, bool logarithm) : GraphNode(x)
{
    internal override string Name => logarithm ? "LogSoftmax" : "Softmax";

    internal static Tensor Apply(Tensor x, bool logarithm)
    {
        string name = logarithm ? "LogSoftmax" : "Softmax";
        Operands.RequireFloating(x, name);
        int length = x.Shape[x.Shape.NormalizeAxis(-1, name)];
        if (length == 0)
            throw new TensorShapeException($"{name}: the last axis of {x.Shape} is empty");
        var y = Tensor.Uninitialized(x.Shape, x.DataType);
        Backend.Current.Softmax(logarithm, x, x.Count / length, length, y);
        if (Recording.Needed(x))
            y.RecordedBy(new SoftmaxNode(x, y, logarithm));
        return y;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        int length = y.Shape[-1];
        var share = Tensor.Uninitialized(y.Shape, y.DataType);
        Backend.Current.SoftmaxDerivative(logarithm, y, gradient, y.Count / length, length, share);
        pass.Add(Input(0), share);
    }
}
