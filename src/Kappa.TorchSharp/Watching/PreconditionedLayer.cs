using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.TorchSharp.Sharing;
using TorchSharp;
using Modules = TorchSharp.Modules;

namespace Kappa.TorchSharp.Watching;

/// <summary>A layer of TorchSharp whose gradient Kappa's DoPr preconditions.</summary>
internal sealed class PreconditionedLayer : IDisposable
{
    private readonly LayerWatcher _watcher;
    private readonly SharedParameter[] _parameters;
    private readonly WeightPreconditioner[] _preconditioners;

    /// <summary>Begins to watch a layer.</summary>
    /// <param name="path">The layer's path.</param>
    /// <param name="layer">A Linear, Conv2d or Embedding.</param>
    /// <param name="options">The settings.</param>
    /// <param name="group">The layers of one optimizer.</param>
    internal PreconditionedLayer(string path, torch.nn.Module<torch.Tensor, torch.Tensor> layer, DoPrOptions options, LayerGroup group)
    {
        string name = path.Length == 0 ? "weight" : $"{path}.weight";
        var weight = WeightOf(layer)!;
        SharedParameter[] weights = [.. Parts(layer, name, weight)];
        var bias = options.IncludeBias && layer is Modules.Linear { bias: { requires_grad: true } own }
            ? new SharedParameter(path.Length == 0 ? "bias" : $"{path}.bias", own) : null;
        _parameters = bias is null ? weights : [.. weights, bias];
        _preconditioners = [.. weights.Select(part => layer is Modules.Embedding
            ? (WeightPreconditioner)new EmbeddingPreconditioner(part.Name, part.Ours, options)
            : new LayerPreconditioner(part.Name, part.Ours, bias?.Ours, options, group))];
        foreach (var preconditioner in _preconditioners)
            preconditioner.Attach();
        _watcher = new LayerWatcher(path, layer, weights);
    }

    internal string Path => _watcher.Path;

    internal IEnumerable<LayerStatus> Status => _preconditioners.Select(preconditioner => preconditioner.Status);

    internal IEnumerable<WeightPreconditioner> Preconditioners => _preconditioners;

    /// <summary>The weight, of a layer that can be preconditioned; null for any other.</summary>
    internal static torch.Tensor? WeightOf(torch.nn.Module module) => module switch
    {
        Modules.Linear linear => linear.weight,
        Modules.Conv2d { transposed: false } convolution => convolution.weight,
        Modules.Embedding embedding => embedding.weight,
        _ => null,
    };

    /// <summary>Takes the gradients that libtorch has computed.</summary>
    /// <exception cref="InvalidOperationException">The layer has a gradient, and was not seen.</exception>
    internal void TakeGradients()
    {
        _watcher.RequireNoFault();
        foreach (var parameter in _parameters)
            parameter.TakeGradient();
        if (!_watcher.WasSeen && _parameters[0].HasNonzeroGradient)
        {
            throw new InvalidOperationException(
                $"DoPr: the layer {Path} has a gradient, and its inputs were not seen. Use it by layer.call(x), which runs hooks, in place of "
                + "layer.forward(x), and make the optimizer before the forward pass");
        }
    }

    /// <summary>Preconditions them, in place.</summary>
    internal void Complete()
    {
        foreach (var parameter in _parameters)
            _ = parameter.Complete();
    }

    internal void Forget()
    {
        foreach (var parameter in _parameters)
            parameter.Forget();
        _watcher.Forget();
    }

    internal void AddTo(OptimizerState state)
    {
        foreach (var preconditioner in _preconditioners)
            preconditioner.AddTo(state);
    }

    internal void LoadFrom(OptimizerState state)
    {
        foreach (var preconditioner in _preconditioners)
            preconditioner.LoadFrom(state);
    }

    public void Dispose()
    {
        _watcher.Dispose();
        foreach (var preconditioner in _preconditioners)
            preconditioner.Detach();
        foreach (var parameter in _parameters)
            parameter.Forget();
    }

    /// <summary>A convolution in groups is as many layers side by side.</summary>
    private static IEnumerable<SharedParameter> Parts(torch.nn.Module layer, string name, torch.Tensor weight)
    {
        int groups = layer is Modules.Conv2d convolution ? checked((int)convolution.groups) : 1;
        if (groups == 1)
            return [new SharedParameter(name, weight)];
        int rows = checked((int)(weight.shape[0] / groups));
        return Enumerable.Range(0, groups).Select(group => new SharedParameter($"{name}[{group}]", weight, group * rows, rows));
    }
}
