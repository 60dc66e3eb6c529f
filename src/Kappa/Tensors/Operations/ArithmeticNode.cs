using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>a op b, elementwise with broadcasting.</summary>
internal sealed class ArithmeticNode(BinaryKernel kernel, Tensor a, Tensor b, Tensor result) : GraphNode(a, b)
{
    internal override string Name => kernel.ToString();

    internal BinaryKernel Kernel => kernel;

    internal static Tensor Apply(BinaryKernel kernel, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Operands.RequireSameFloating(a, b, kernel.ToString());
        var result = a.New(Broadcasting.Combine(a.Shape, b.Shape, kernel.ToString()));
        result.Backend.Binary(kernel, a, b, result);
        if (Recording.Needed(a, b))
            result.RecordedBy(new ArithmeticNode(kernel, a, b, result));
        return result;
    }

    protected override SavedValue[] Save() => kernel switch
    {
        BinaryKernel.Multiply => [new(Input(0), neededFor: Input(1)), new(Input(1), neededFor: Input(0))],
        BinaryKernel.Divide => [new(Input(1)), new(result, neededFor: Input(1))],
        _ => [],
    };

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
                if (pass.Needs(b))
                    Give(b, -gradient, pass);
                break;
            case BinaryKernel.Multiply:
                if (pass.Needs(a))
                    Give(a, gradient * b, pass);
                if (pass.Needs(b))
                    Give(b, gradient * a, pass);
                break;
            default:
                if (pass.Needs(a))
                    Give(a, gradient / b, pass);
                if (pass.Needs(b))
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
        if (!pass.Needs(input))
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

    internal override Tensor? PushForward(TangentPass pass)
    {
        var (a, b) = (Input(0), Input(1));
        using var fromA = pass.Of(a) is { } tangentA ? Scaled(Padded(tangentA, a, pass), b) : null;
        using var fromB = pass.Of(b) is { } tangentB ? ScaledRight(Padded(tangentB, b, pass), a, b) : null;
        return (fromA, fromB) switch
        {
            ({ } x, { } y) => x + y,
            ({ } x, null) => Spread(x, pass),
            (null, { } y) => Spread(y, pass),
            _ => null,
        };
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var (a, b) = (Input(0), Input(1));
        if (gradientTangent is not null)
        {
            // The rule of the way forwards and its transpose are one product with the same factors.
            if (pass.Needs(a))
                Give(a, Scaled(gradientTangent.Detach(), b), pass);
            if (pass.Needs(b))
                Give(b, ScaledRight(gradientTangent.Detach(), a, b), pass);
        }

        if (kernel is not (BinaryKernel.Multiply or BinaryKernel.Divide) || gradient is null)
            return;
        using var tangentA = pass.Of(a) is { } first ? Padded(first, a, pass) : null;
        using var tangentB = pass.Of(b) is { } second ? Padded(second, b, pass) : null;
        if (kernel == BinaryKernel.Multiply)
        {
            if (pass.Needs(a) && tangentB is not null)
                Give(a, tangentB * gradient, pass);
            if (pass.Needs(b) && tangentA is not null)
                Give(b, tangentA * gradient, pass);
            return;
        }

        // The gradient at a is G / b, that at b is -G a / b^2; its derivative along (da, db) is (2 a db / b - da) G / b^2.
        using var byB = gradient / b;
        using var byB2 = byB / b;
        if (pass.Needs(a) && tangentB is not null)
            Give(a, -(tangentB * byB2), pass);
        if (!pass.Needs(b))
            return;
        if (tangentA is not null)
            Give(b, -(tangentA * byB2), pass);
        if (tangentB is not null)
            Give(b, 2 * (tangentB * (byB2 * result)), pass);
    }

    /// <summary>The derivative with respect to a, times K tensors that broadcast against the result.</summary>
    private Tensor Scaled(Tensor tangents, Tensor b) => kernel switch
    {
        BinaryKernel.Multiply => tangents * b,
        BinaryKernel.Divide => tangents / b,
        _ => tangents,
    };

    /// <summary>The derivative with respect to b, times K tensors that broadcast against the result.</summary>
    private Tensor ScaledRight(Tensor tangents, Tensor a, Tensor b) => kernel switch
    {
        BinaryKernel.Add => tangents,
        BinaryKernel.Subtract => -tangents,
        BinaryKernel.Multiply => tangents * a,
        _ => -(tangents * result / b),
    };

    /// <summary>K tangents of an operand with its missing axes written out, so that they broadcast as the operand does.</summary>
    private Tensor Padded(Tensor tangents, Tensor operand, TangentPass pass) => tangents.Alias(PaddedShape(operand.Shape, pass));

    private Shape PaddedShape(Shape shape, TangentPass pass)
    {
        Span<int> lengths = stackalloc int[result.Rank + 1];
        lengths.Fill(1);
        lengths[0] = pass.Count;
        for (int axis = 0; axis < shape.Rank; axis++)
            lengths[lengths.Length - shape.Rank + axis] = shape[axis];
        return new Shape(lengths);
    }

    private Tensor Spread(Tensor tangents, TangentPass pass)
    {
        var shape = result.Shape.Prepend(pass.Count);
        if (tangents.Shape == shape)
            return tangents.Alias(shape);
        var spread = tangents.NewZeros(shape);
        spread.Backend.Binary(BinaryKernel.Add, spread, tangents, spread);
        return spread;
    }

    private void Give(Tensor input, Tensor share, TangentPass pass)
    {
        using var sum = ReductionNode.SumTo(share, PaddedShape(input.Shape, pass));
        pass.AddShared(input, sum);
        share.Dispose();
    }
}
