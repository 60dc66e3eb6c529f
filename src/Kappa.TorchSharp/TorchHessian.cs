using Kappa.LinearAlgebra.Operators;
using Kappa.Tensors;
using Kappa.TorchSharp.Kernels;
using TorchSharp;

namespace Kappa.TorchSharp;

/// <summary>The Hessian of a loss of TorchSharp, for Kappa's solvers: <c>Lanczos.Solve(hessian, 10)</c>.</summary>
/// <remarks>
/// By double backward: the gradient is recorded once, and each product is a backward pass through it. The loss has to have second derivatives: the fused
/// attention of libtorch has none on a processor, so write it out. Memory is that of the recorded gradient, until this is disposed.
/// </remarks>
public sealed class TorchHessian : SymmetricOperator, IDisposable
{
    private readonly torch.Tensor[] _parameters;
    private readonly torch.Tensor _gradient;

    private TorchHessian(torch.Tensor[] parameters, torch.Tensor gradient)
        : base(checked((int)gradient.numel()), TorchTypes.TypeOf(gradient.dtype), TorchDevice.Of(gradient.device)) =>
        (_parameters, _gradient) = (parameters, gradient);

    /// <summary>Records the gradient of a loss.</summary>
    /// <param name="loss">Gives a scalar; run once.</param>
    /// <param name="parameters">What to differentiate with respect to, such as <c>model.parameters()</c>: of one type, on one device, each used by the
    /// loss.</param>
    /// <exception cref="ArgumentException">There are no parameters.</exception>
    public static TorchHessian Of(Func<torch.Tensor> loss, IEnumerable<torch.Tensor> parameters)
    {
        ArgumentNullException.ThrowIfNull(loss);
        torch.Tensor[] all = [.. parameters];
        if (all.Length == 0)
            throw new ArgumentException("expected one parameter or more to differentiate with respect to", nameof(parameters));
        using var scope = torch.NewDisposeScope();
        var gradients = torch.autograd.grad([loss()], all, create_graph: true, retain_graph: true);
        // What it was computed from lives as long as it does, whatever happens to the handles.
        return new TorchHessian(all, torch.cat([.. gradients.Select(gradient => gradient.reshape(-1))]).DetachFromDisposeScope());
    }

    /// <summary>Gives the recorded gradient back.</summary>
    public void Dispose() => _gradient.Dispose();

    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var result = vectors.New(vectors.Shape);
        using var scope = torch.NewDisposeScope();
        torch.Tensor rows = vectors.AsTorch(), products = result.AsTorch();
        for (int i = 0; i < vectors.Shape[0]; i++)
        {
            using var inner = torch.NewDisposeScope();
            var along = torch.autograd.grad([(_gradient * rows[i]).sum()], _parameters, retain_graph: true);
            using var quiet = torch.no_grad();
            _ = products[i].copy_(torch.cat([.. along.Select(product => product.reshape(-1))]));
        }

        return result;
    }
}
