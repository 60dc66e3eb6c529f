using Kappa.Preconditioning;
using TorchSharp;
using TorchLinear = TorchSharp.Modules.Linear;

namespace Kappa.TorchSharp;

/// <summary>A linear layer of TorchSharp and the sum of z z^T over the inputs that it saw since its gradient was cleared.</summary>
internal sealed class WatchedLinear : IDisposable
{
    private readonly TorchLinear _layer;
    private readonly Action _unhook;
    private torch.Tensor? _products;
    private long _rows;

    internal WatchedLinear(string name, TorchLinear layer)
    {
        (Name, _layer) = (name, layer);
        _unhook = layer.register_forward_hook((_, input, output) =>
        {
            if (layer.training && torch.is_grad_enabled())
                Add(input);
            return output;
        }).remove;
    }

    internal string Name { get; }

    /// <summary>Replaces the gradient of the weight; one that was not reached, or whose inputs were all zero, stays.</summary>
    internal void Precondition(DoPrOptions options)
    {
        if (_layer.weight is not { grad: { } gradient })
            return;
        if (_products is null)
        {
            throw new InvalidOperationException(
                $"DoPr: the layer {Name} has a gradient, and its inputs were not seen. Use it by layer.call(x), which runs hooks, in place of "
                + "layer.forward(x), in training mode");
        }

        var moment = _products.AsKappa();
        moment.Backend.Affine(moment, 1.0 / _rows, 0, moment);
        double damping = ActivationPreconditioning.Damping(ActivationPreconditioning.Trace(moment), moment.Shape[0], options);
        if (!double.IsFinite(damping) || !ActivationPreconditioning.Factor(moment, damping, moment))
            return;
        var whole = gradient.AsKappa();
        whole.Backend.CholeskySolveRight(moment, whole, whole);
    }

    internal void Forget()
    {
        _products?.Dispose();
        (_products, _rows) = (null, 0);
    }

    public void Dispose()
    {
        _unhook();
        Forget();
    }

    private void Add(torch.Tensor input)
    {
        using var scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        var rows = input.detach().reshape(-1, input.shape[^1]);
        _rows += rows.shape[0];
        if (_products is null)
            _products = torch.mm(rows.t(), rows).DetachFromDisposeScope();
        else
            _ = _products.addmm_(rows.t(), rows, 1, 1);
    }
}
