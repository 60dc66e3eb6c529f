using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>a op b, elementwise with broadcasting.</summary>
internal sealed class ArithmeticNode(BinaryKernel kernel, Tensor a, Tensor b, Tensor result) : GraphNode(a, b)
{
    internal override string Name => kernel.ToString();

    internal static Tensor Apply(BinaryKernel kernel, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Operands.RequireSameFloating(a, b, kernel.ToString());
        var result = Tensor.Uninitialized(Broadcasting.Combine(a.Shape, b.Shape, kernel.ToString()), a.DataType);
        Backend.Current.Binary(kernel, a, b, result);
        if (Recording.Needed(a, b))
            result.RecordedBy(new ArithmeticNode(kernel, a, b, result));
        return result;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var (a, b) = (Input(0), Input(1));
        switch (kernel)
        {
            case BinaryKernel.Add:
                Share(a, gradient, pass);
                Share(b, gradient, pass);
                break;
            case BinaryKernel.Subtract:
                Share(a, gradient, pass);
                if (BackwardPass.Needs(b))
                    Give(b, -gradient, pass);
                break;
            case BinaryKernel.Multiply:
                if (BackwardPass.Needs(a))
                    Give(a, gradient * b, pass);
                if (BackwardPass.Needs(b))
                    Give(b, gradient * a, pass);
                break;
            default:
                if (BackwardPass.Needs(a))
                    Give(a, gradient / b, pass);
                if (BackwardPass.Needs(b))
                {
                    using var slope = result / b;
                    using var product = gradient * slope;
                    Give(b, -product, pass);
                }

                break;
        }
    }

    private static void Share(Tensor input, Tensor gradient, BackwardPass pass)
    {
        if (!BackwardPass.Needs(input))
            return;
        if (gradient.Shape == input.Shape)
            pass.AddShared(input, gradient);
        else
            pass.Add(input, ReductionNode.SumTo(gradient, input.Shape));
    }

    /// <summary>Hands over a share that was made for this input, summed over the axes along which the input was repeated.</summary>
    private static void Give(Tensor input, Tensor share, BackwardPass pass)
    {
        if (share.Shape == input.Shape)
        {
            pass.Add(input, share);
            return;
        }

        pass.Add(input, ReductionNode.SumTo(share, input.Shape));
        share.Dispose();
    }
}
