using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>f(x W^T + b): product, bias and activation in one operation.</summary>
internal sealed class LinearNode(Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor beforeActivation, Tensor y) : GraphNode(x, weight, bias)
{
    internal override string Name => activation == UnaryKernel.Identity ? "Linear" : $"Linear+{activation}";

    internal static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation)
    {
        ArgumentNullException.ThrowIfNull(weight);
        Check(x, weight, bias);
        var y = Tensor.Uninitialized([x.Shape[0], weight.Shape[0]], x.DataType);
        bool record = Recording.Needed(x, weight, bias);
        bool needsInput = activation is UnaryKernel.Gelu or UnaryKernel.Silu;
        var before = record && needsInput ? Tensor.Uninitialized(y.Shape, y.DataType) : null;
        Backend.Current.Linear(x, weight, bias, activation, before, y);
        if (record)
            y.RecordedBy(new LinearNode(x, weight, bias, activation, before ?? y, y));
        return y;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (activation == UnaryKernel.Identity)
        {
            Differentiate(gradient, pass);
            return;
        }

        using var atProduct = Tensor.Uninitialized(gradient.Shape, gradient.DataType);
        Backend.Current.UnaryDerivative(activation, beforeActivation, y, gradient, atProduct);
        Differentiate(atProduct, pass);
    }

    private void Differentiate(Tensor gradient, BackwardPass pass)
    {
        var (x, weight) = (Input(0), Input(1));
        if (InputCount == 3 && BackwardPass.Needs(Input(2)))
        {
            var destination = pass.Destination(Input(2), out bool accumulate);
            Backend.Current.Reduce(ReductionKernel.Sum, gradient, 1, gradient.Shape[0], gradient.Shape[1], destination, accumulate);
        }

        if (BackwardPass.Needs(weight) && !WeightUse.IsTakenOver(weight, x, gradient))
        {
            var destination = pass.Destination(weight, out bool accumulate);
            Backend.Current.MatMul(true, false, gradient, x, destination, accumulate);
        }

        if (BackwardPass.Needs(x))
        {
            var destination = pass.Destination(x, out bool accumulate);
            Backend.Current.MatMul(false, false, gradient, weight, destination, accumulate);
        }
    }

    private static void Check(Tensor x, Tensor weight, Tensor? bias)
    {
        Operands.RequireSameFloating(x, weight, "Linear");
        Operands.RequireMatrix(x, "Linear", "input");
        Operands.RequireMatrix(weight, "Linear", "weight");
        if (x.Shape[1] != weight.Shape[1])
            throw new TensorShapeException($"Linear: the input {x.Shape} has {x.Shape[1]} features; the weight {weight.Shape}{Named(weight)} takes {weight.Shape[1]}");
        if (bias is null)
            return;
        Operands.RequireSameFloating(x, bias, "Linear");
        if (bias.Rank != 1 || bias.Shape[0] != weight.Shape[0])
            throw new TensorShapeException($"Linear: the bias must be [{weight.Shape[0]}] for the weight {weight.Shape}; got {bias.Shape}");
    }

    private static string Named(Tensor weight) => weight.Name is null ? "" : $" ({weight.Name})";
}
