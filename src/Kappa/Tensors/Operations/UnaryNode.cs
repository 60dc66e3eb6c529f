using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>f(x), elementwise.</summary>
internal sealed class UnaryNode(UnaryKernel kernel, Tensor x, Tensor y) : GraphNode(x)
{
    internal override string Name => kernel.ToString();

    internal static Tensor Apply(UnaryKernel kernel, Tensor x)
    {
        Operands.RequireFloating(x, kernel.ToString());
        var y = Tensor.Uninitialized(x.Shape, x.DataType);
        Backend.Current.Unary(kernel, x, y);
        if (Recording.Needed(x))
            y.RecordedBy(new UnaryNode(kernel, x, y));
        return y;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var share = Tensor.Uninitialized(gradient.Shape, gradient.DataType);
        Backend.Current.UnaryDerivative(kernel, Input(0), y, gradient, share);
        pass.Add(Input(0), share);
    }
}
