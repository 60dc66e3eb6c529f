using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>f(x W^T + b): product, bias and activation in one operation.</summary>
internal sealed class LinearNode(Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor beforeActivation, Tensor y)
    : ActivatedNode("Linear", x, weight, bias, activation, beforeActivation, y)
{
    internal static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation)
    {
        ArgumentNullException.ThrowIfNull(weight);
        Check(x, weight, bias);
        var y = x.New([x.Shape[0], weight.Shape[0]]);
        bool record = Recording.Needed(x, weight, bias);
        var before = record && activation.KeepsInputWhenFused() ? y.New(y.Shape) : null;
        y.Backend.Linear(x, weight, bias, activation, before, y);
        if (record)
            y.RecordedBy(new LinearNode(x, weight, bias, activation, before ?? y, y));
        return y;
    }

    protected override void Differentiate(Tensor gradient, BackwardPass pass)
    {
        var (x, weight) = (Input(0), Input(1));
        if (InputCount == 3 && pass.Needs(Input(2)))
        {
            var destination = pass.Destination(Input(2), out bool accumulate);
            destination.Backend.Sum(gradient, 1, gradient.Shape[0], gradient.Shape[1], 1, destination, accumulate);
        }

        if (pass.Needs(weight) && !pass.IsTakenOver(weight, x, gradient))
        {
            var destination = pass.Destination(weight, out bool accumulate);
            destination.Backend.MatMul(true, false, gradient, x, destination, accumulate);
        }

        if (pass.Needs(x))
        {
            var destination = pass.Destination(x, out bool accumulate);
            destination.Backend.MatMul(false, false, gradient, weight, destination, accumulate);
        }
    }

    private static void Check(Tensor x, Tensor weight, Tensor? bias)
    {
        Operands.RequireSameFloating(x, weight, "Linear");
        Operands.RequireMatrix(x, "Linear", "input");
        Operands.RequireMatrix(weight, "Linear", "weight");
        if (x.Shape[1] != weight.Shape[1])
        {
            throw new TensorShapeException(
                $"Linear: the input {x.Shape} has {x.Shape[1]} features; the weight {weight.Shape}{Named(weight)} takes {weight.Shape[1]}");
        }

        if (bias is null)
            return;
        Operands.RequireSameFloating(x, bias, "Linear");
        if (bias.Rank != 1 || bias.Shape[0] != weight.Shape[0])
            throw new TensorShapeException($"Linear: the bias must be [{weight.Shape[0]}] for the weight {weight.Shape}; got {bias.Shape}");
    }

    private static string Named(Tensor weight) => weight.Name is null ? "" : $" ({weight.Name})";

    protected override Tensor PushToActivation(TangentPass pass)
    {
        // d(x W^T + b) = dx W^T + x dW^T + db.
        var (x, weight) = (Input(0), Input(1));
        var (dx, dWeight) = (pass.Of(x), pass.Of(weight));
        var result = pass.New(Output);
        bool accumulate = dx is not null;
        if (dx is not null)
        {
            // One wide product: the K tangents share the weight.
            using var rows = dx.Alias([pass.Count * x.Shape[0], x.Shape[1]]);
            using var to = result.Alias([pass.Count * Output.Shape[0], Output.Shape[1]]);
            to.Backend.MatMul(false, true, rows, weight, to, accumulate: false);
        }

        if (dWeight is not null)
        {
            for (int i = 0; i < pass.Count; i++)
            {
                using var tangent = dWeight.Entry(i);
                using var to = result.Entry(i);
                to.Backend.MatMul(false, true, x, tangent, to, accumulate);
            }

            accumulate = true;
        }

        if (InputCount == 3 && pass.Of(Input(2)) is { } dBias)
        {
            if (!accumulate)
                result.Clear();
            using var rows = dBias.Alias([pass.Count, 1, Output.Shape[1]]);
            result.Backend.Binary(BinaryKernel.Add, result, rows, result);
        }

        return result;
    }

    protected override void Differentiate(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var (x, weight) = (Input(0), Input(1));
        var (dx, dWeight) = (pass.Of(x), pass.Of(weight));
        if (InputCount == 3 && pass.Needs(Input(2)) && gradientTangent is not null)
        {
            var destination = pass.Destination(Input(2), out bool accumulate);
            destination.Backend.Sum(gradientTangent, pass.Count, Output.Shape[0], Output.Shape[1], 1, destination, accumulate);
        }

        if (pass.Needs(weight) && (gradientTangent is not null || dx is not null))
        {
            var destination = pass.Destination(weight, out bool accumulate);
            for (int i = 0; i < pass.Count; i++)
            {
                using var to = destination.Entry(i);
                using var from = gradientTangent?.Entry(i);
                using var tangent = dx?.Entry(i);
                if (from is not null)
                    to.Backend.MatMul(true, false, from, x, to, accumulate);
                if (tangent is not null)
                    to.Backend.MatMul(true, false, gradient!, tangent, to, accumulate || from is not null);
            }
        }

        if (!pass.Needs(x) || (gradientTangent is null && dWeight is null))
            return;
        var atInput = pass.Destination(x, out bool add);
        if (gradientTangent is not null)
        {
            using var rows = gradientTangent.Alias([pass.Count * Output.Shape[0], Output.Shape[1]]);
            using var to = atInput.Alias([pass.Count * x.Shape[0], x.Shape[1]]);
            to.Backend.MatMul(false, false, rows, weight, to, add);
            add = true;
        }

        for (int i = 0; dWeight is not null && i < pass.Count; i++)
        {
            using var tangent = dWeight.Entry(i);
            using var to = atInput.Entry(i);
            to.Backend.MatMul(false, false, gradient!, tangent, to, add);
        }
    }
}
