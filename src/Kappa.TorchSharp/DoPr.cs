using Kappa.Preconditioning;
using Kappa.Tensors;
using TorchSharp;
using TorchLinear = TorchSharp.Modules.Linear;

namespace Kappa.TorchSharp;

/// <summary>Activation preconditioning in front of an optimizer of TorchSharp, for the linear layers of a model: the gradient G of a weight becomes
/// G (Z^T Z / n + tau I)^-1, with Z the inputs that the layer saw.</summary>
/// <remarks>
/// <code>
/// var optimizer = new DoPr(torch.optim.AdamW(model.parameters()), model);
/// </code>
/// Layers are watched by forward hooks, which run where a layer is called, by <c>call</c>, as <c>Sequential</c> does, and not by <c>forward</c>. Every step
/// forms the second moment anew, in the element type of the layer: options that keep one over steps, and that include the bias, are those of
/// <see cref="Preconditioning.DoPr"/>. Not thread-safe. The concept: docs/concepts/dopr.md.
/// </remarks>
public sealed class DoPr : IDisposable
{
    private readonly torch.optim.Optimizer _optimizer;
    private readonly DoPrOptions _options;
    private readonly WatchedLinear[] _layers;

    /// <summary>Wraps an optimizer.</summary>
    /// <param name="optimizer">Of the parameters of the model; stepped by <see cref="step"/>.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">Gamma, Damping, Floor and Filter, which is asked for the name of each layer; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no linear layer that is trained.</exception>
    /// <exception cref="NotSupportedException">An option is set that is for Kappa's own models.</exception>
    public DoPr(torch.optim.Optimizer optimizer, torch.nn.Module model, DoPrOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(model);
        _options = options ?? new DoPrOptions();
        _options.Validate();
        if (_options.MovingAverage != 0 || _options.RefreshInterval != 1 || _options.IncludeBias || _options.Layers != LayerSelection.All
            || _options.Form == PreconditioningForm.Dual)
        {
            throw new NotSupportedException(
                "DoPr takes Gamma, Damping, Floor and Filter for TorchSharp's models; MovingAverage, RefreshInterval, IncludeBias, Layers and the dual Form "
                + "are for Kappa's own. Leave them at their defaults");
        }

        _optimizer = optimizer;
        _layers = [.. model.named_modules()
            .Where(entry => entry.module is TorchLinear { weight.requires_grad: true } && _options.Filter?.Invoke(entry.name) != false)
            .Select(entry => new WatchedLinear(entry.name, (TorchLinear)entry.module))];
        if (_layers.Length == 0)
            throw new ArgumentException("the model has no linear layer whose weight is trained, so there is nothing to precondition", nameof(model));
    }

    /// <summary>The names of the layers whose gradient is preconditioned.</summary>
    public IReadOnlyList<string> Layers => [.. _layers.Select(layer => layer.Name)];

#pragma warning disable IDE1006 // The names of TorchSharp's optimizers.
    /// <summary>Clears the gradients, and what was seen since.</summary>
    public void zero_grad()
    {
        _optimizer.zero_grad();
        foreach (var layer in _layers)
            layer.Forget();
    }

    /// <summary>Preconditions the gradients, and steps the optimizer.</summary>
    /// <exception cref="InvalidOperationException">A layer has a gradient and was not seen: it was used by <c>forward</c> in place of <c>call</c>.</exception>
    public void step()
    {
        using (TensorScope.Begin())
        {
            foreach (var layer in _layers)
                layer.Precondition(_options);
        }

        _ = _optimizer.step();
        foreach (var layer in _layers)
            layer.Forget();
    }
#pragma warning restore IDE1006

    /// <summary>Stops watching the model. The optimizer goes on without.</summary>
    public void Dispose()
    {
        foreach (var layer in _layers)
            layer.Dispose();
    }
}
