using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Isometry;

/// <summary>A sequence cut into layers: each begins at a module with a weight, and takes the activations and norms after it along.</summary>
internal static class LayerStages
{
    internal static IReadOnlyList<(string Path, Func<Tensor, Tensor> Forward)> Of(Module model)
    {
        if (model is not Sequential)
            return [];
        List<(string Path, List<Module> Modules)> stages = [];
        foreach (var (name, module) in model.Children)
        {
            bool hasWeight = module.Parameters().Any(parameter => parameter.Tensor.Rank >= 2);
            if (stages.Count == 0 || (hasWeight && stages[^1].Path.Length > 0))
                stages.Add((hasWeight ? name : "", []));
            else if (hasWeight)
                stages[^1] = (name, stages[^1].Modules);
            stages[^1].Modules.Add(module);
        }

        return [.. stages.Select(stage => (stage.Path, (Func<Tensor, Tensor>)(input => stage.Modules.Aggregate(input, (x, module) => module.Forward(x)))))];
    }
}
