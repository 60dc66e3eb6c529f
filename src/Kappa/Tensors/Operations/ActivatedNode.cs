using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>f(z), where z is something linear in x and in a weight, plus a bias: the rules of f, around those of z.</summary>
internal abstract class ActivatedNode(
    string name, Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor beforeActivation, Tensor y) : GraphNode(x, weight, bias)
{
    internal override string Name => activation == UnaryKernel.Identity ? name : $"{name}+{activation}";

    internal UnaryKernel Activation => activation;

    protected Tensor Output => y;

    protected override SavedValue[] Save() => activation != UnaryKernel.Identity && !activation.KeepsInputWhenFused()
        ? [new(Input(0), neededFor: Input(1)), new(Input(1), neededFor: Input(0)), new(y)]
        : [new(Input(0), neededFor: Input(1)), new(Input(1), neededFor: Input(0))];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (activation == UnaryKernel.Identity)
        {
            Differentiate(gradient, pass);
            return;
        }

        using var atProduct = gradient.New(gradient.Shape);
        atProduct.Backend.UnaryDerivative(activation, beforeActivation, y, gradient, atProduct);
        Differentiate(atProduct, pass);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var result = PushToActivation(pass);
        if (activation == UnaryKernel.Identity)
            return result;
        if (!activation.IsCurved())
        {
            Slopes(result, result, pass);
            return result;
        }

        var activated = pass.New(y);
        Slopes(result, activated, pass);
        pass.Keep(this, result);
        return activated;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (activation == UnaryKernel.Identity)
        {
            Differentiate(gradient, gradientTangent, pass);
            return;
        }

        // At z: A = G f'(z), and dA = dG f'(z) + G f''(z) dz.
        using var atProduct = gradient is null ? null : y.New(y.Shape);
        if (gradient is not null)
            y.Backend.UnaryDerivative(activation, beforeActivation, y, gradient, atProduct!);
        var kept = pass.Kept(this);
        using var tangent = gradientTangent is null && kept is null ? null : pass.New(y);
        if (gradientTangent is not null)
            Slopes(gradientTangent, tangent!, pass);
        if (kept is not null)
            Curvature.AddTo(activation, beforeActivation, y, gradient!, kept, tangent!, accumulate: gradientTangent is not null);
        Differentiate(atProduct, tangent, pass);
    }

    /// <summary>Adds to the gradients, given that at z.</summary>
    protected abstract void Differentiate(Tensor gradient, BackwardPass pass);

    /// <summary>The tangents of z.</summary>
    protected abstract Tensor PushToActivation(TangentPass pass);

    /// <summary>Adds to how the gradients change, given the gradient at z and how it changes.</summary>
    protected abstract void Differentiate(Tensor? gradient, Tensor? gradientTangent, TangentPass pass);

    /// <summary>f'(z) times each of K tensors; the result may be the same memory.</summary>
    private void Slopes(Tensor tangents, Tensor result, TangentPass pass)
    {
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            to.Backend.UnaryDerivative(activation, beforeActivation, y, from, to);
        }
    }
}
