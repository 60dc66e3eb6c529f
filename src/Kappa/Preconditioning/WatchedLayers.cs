using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>Finds the weights of a model whose gradients are preconditioned, and how.</summary>
internal static class WatchedLayers
{
    /// <summary>The selected ones, in the order of registration.</summary>
    internal static IEnumerable<WeightPreconditioner> Select(Module model, DoPrOptions options)
    {
        _ = model.Parameters();
        var modules = model.Modules().DistinctBy(entry => entry.Module).ToList();
        var paths = Paths(modules);
        var all = modules.SelectMany(entry => entry.Module.LayerWeights, (entry, layer) => layer with { Name = Path(entry.Path, layer.Name) })
            .Where(layer => layer.Weight.RequiresGradient
                && (layer.Kind != LayerWeightKind.Convolution || options.Convolutions != ConvolutionStatistics.None))
            .DistinctBy(layer => layer.Weight)
            .ToList();
        if (all.Count == 0)
        {
            throw new ArgumentException(
                "DoPr preconditions the weights of linear layers, convolutions and embeddings, and the model has none that is trainable. Use the inner "
                + "optimizer alone", nameof(model));
        }

        var group = new LayerGroup();
        for (int index = 0; index < all.Count; index++)
        {
            var (name, weight, bias, kind) = all[index];
            if (!IsSelected(index, name, options))
                continue;
            if (weight.Observer is { ChangesGradient: true })
                throw new ArgumentException($"{name} is preconditioned by another DoPr. Dispose that one first, or let the selections differ", nameof(model));
            if (paths[weight].Count > 1)
            {
                options.OnWarning?.Invoke(
                    $"DoPr leaves the gradient of {string.Join(" = ", paths[weight])} as it is: one tensor with several names, so it is not clear whose inputs "
                    + "count");
                continue;
            }

            yield return kind == LayerWeightKind.Table
                ? new EmbeddingPreconditioner(name, weight, options)
                : new LayerPreconditioner(name, weight, bias, options, group);
        }
    }

    private static bool IsSelected(int index, string name, DoPrOptions options)
    {
        bool isInSelection = options.Layers switch
        {
            LayerSelection.All => true,
            LayerSelection.First => index == 0,
            LayerSelection.AllButFirst => index > 0,
            _ => false,
        };
        return isInSelection && (options.Filter?.Invoke(name) ?? true);
    }

    /// <summary>Every name under which a tensor is registered. A module that is used in two places is one layer with several uses, not two names.</summary>
    private static Dictionary<Tensor, List<string>> Paths(List<(string Path, Module Module)> modules)
    {
        var paths = new Dictionary<Tensor, List<string>>(ReferenceEqualityComparer.Instance);
        foreach (var (path, module) in modules)
        {
            foreach (var (name, tensor) in module.StateDict())
            {
                // Names with a dot belong to modules further down.
                if (name.Contains('.', StringComparison.Ordinal))
                    continue;
                if (!paths.TryGetValue(tensor, out var names))
                    paths.Add(tensor, names = []);
                names.Add(Path(path, name));
            }
        }

        return paths;
    }

    private static string Path(string module, string name) => module.Length == 0 ? name : $"{module}.{name}";
}
