using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>f(x), elementwise.</summary>
internal sealed class UnaryNode(UnaryKernel kernel, Tensor x, Tensor y) : GraphNode(x)
{
    internal override string Name => kernel.ToString();

    internal UnaryKernel Kernel => kernel;

    internal static Tensor Apply(UnaryKernel kernel, Tensor x)
    {
        Operands.RequireFloating(x, kernel.ToString());
        var y = x.New(x.Shape);
        y.Backend.Unary(kernel, x, y);
        if (Recording.Needed(x))
            y.RecordedBy(new UnaryNode(kernel, x, y));
        return y;
    }

    protected override SavedValue[] Save() => kernel.DerivativeReadsInput() ? [new(Input(0))] : kernel.DerivativeReadsOutput() ? [new(y)] : [];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var share = gradient.New(gradient.Shape);
        share.Backend.UnaryDerivative(kernel, Input(0), y, gradient, share);
        pass.Add(Input(0), share);
    }

    internal override Tensor? PushForward(TangentPass pass) => Slopes(pass.Of(Input(0))!, pass);

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        // d(g f'(x)) = dg f'(x) + g f''(x) dx.
        var x = Input(0);
        bool curved = kernel.IsCurved() && pass.Of(x) is not null;
        if (gradientTangent is null && !curved)
            return;
        var share = gradientTangent is not null ? Slopes(gradientTangent, pass) : pass.New(x);
        if (curved)
            Curvature.AddTo(kernel, x, y, gradient!, pass.Of(x)!, share, accumulate: gradientTangent is not null);
        pass.Add(x, share);
    }

    /// <summary>f'(x) times each of K tensors.</summary>
    private Tensor Slopes(Tensor tangents, TangentPass pass)
    {
        var result = pass.New(y);
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            to.Backend.UnaryDerivative(kernel, Input(0), y, from, to);
        }

        return result;
    }
}
