using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Diagnostics;

/// <summary>A model cut into layers.</summary>
/// <remarks>
/// In a <see cref="Sequential"/>, also one within another, a layer begins at a module with a weight, and takes the activations and norms after it along; a
/// residual block there is one layer. Of any other model each part is cut in this way by itself, because what happens between its parts is its own: the blocks
/// of a transformer are its layers.
/// </remarks>
internal static class LayerStages
{
    internal static IReadOnlyList<(string Path, IReadOnlyList<Module> Modules)> Of(Module model)
    {
        IEnumerable<IEnumerable<(string Path, Module Module)>> chains = model is Sequential
            ? [Flat("", model)]
            : model.Children.Select(child => Flat(child.Name, child.Module));
        return [.. chains.SelectMany(Cut)];
    }

    /// <summary>What every module in a model is called with first, in a forward pass.</summary>
    internal static IReadOnlyDictionary<Module, Tensor> InputsOf(Module model, Tensor input)
    {
        var result = new Dictionary<Module, Tensor>(ReferenceEqualityComparer.Instance);
        using var quiet = NoGradient.Begin();
        using (ForwardProbe.Begin((module, from, _) => result.TryAdd(module, from)))
            _ = model.Forward(input);
        return result;
    }

    private static IEnumerable<(string Path, Module Module)> Flat(string path, Module module) => module is Sequential
        ? module.Children.SelectMany(child => Flat(path.Length == 0 ? child.Name : $"{path}.{child.Name}", child.Module))
        : [(path, module)];

    private static IEnumerable<(string Path, IReadOnlyList<Module> Modules)> Cut(IEnumerable<(string Path, Module Module)> chain)
    {
        List<(string Path, List<Module> Modules)> stages = [];
        foreach (var (path, module) in chain)
        {
            bool hasWeight = module.Parameters().Any(parameter => parameter.Tensor.Rank >= 2);
            if (stages.Count == 0 || (hasWeight && stages[^1].Path.Length > 0))
                stages.Add((hasWeight ? path : "", []));
            else if (hasWeight)
                stages[^1] = (path, stages[^1].Modules);
            stages[^1].Modules.Add(module);
        }

        return stages.Where(stage => stage.Path.Length > 0).Select(stage => (stage.Path, (IReadOnlyList<Module>)stage.Modules));
    }
}
