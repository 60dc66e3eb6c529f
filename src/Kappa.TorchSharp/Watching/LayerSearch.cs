using Kappa.Preconditioning;
using Kappa.TorchSharp.Sharing;
using TorchSharp;

namespace Kappa.TorchSharp.Watching;

/// <summary>Finds the layers of a model of TorchSharp whose gradients are preconditioned.</summary>
internal static class LayerSearch
{
    /// <summary>The selected ones, in the order of the model.</summary>
    internal static IEnumerable<PreconditionedLayer> Of(torch.nn.Module model, DoPrOptions options)
    {
        var modules = model.named_modules().Append(("", model)).DistinctBy(entry => entry.Item2, ReferenceEqualityComparer.Instance)
            .Select(entry => (Path: entry.Item1, Module: entry.Item2)).ToList();
        var names = modules.SelectMany(entry => entry.Module.named_parameters(recurse: false)
            .Select(parameter => (Identity: TensorIdentity.Of(parameter.parameter), Name: Join(entry.Path, parameter.name))))
            .ToLookup(entry => entry.Identity, entry => entry.Name);
        var trained = modules.Where(entry => PreconditionedLayer.WeightOf(entry.Module) is { requires_grad: true } weight && IsTaken(entry.Module, options))
            .DistinctBy(entry => TensorIdentity.Of(PreconditionedLayer.WeightOf(entry.Module)!)).ToList();
        if (trained.Count == 0)
        {
            throw new ArgumentException(
                "DoPr preconditions the weights of Linear, Conv2d and Embedding, and the model has none that is trained. Use the optimizer inside alone",
                nameof(model));
        }

        var group = new LayerGroup();
        var result = new List<PreconditionedLayer>();
        for (int index = 0; index < trained.Count; index++)
        {
            var (path, module) = trained[index];
            if (!IsSelected(index, Join(path, "weight"), options))
                continue;
            string[] tied = [.. names[TensorIdentity.Of(PreconditionedLayer.WeightOf(module)!)].Distinct()];
            if (tied.Length > 1)
            {
                options.OnWarning?.Invoke(
                    $"DoPr leaves the gradient of {string.Join(" = ", tied)} as it is: one tensor with several names, so it is not clear whose inputs count");
                continue;
            }

            result.Add(new PreconditionedLayer(path, (torch.nn.Module<torch.Tensor, torch.Tensor>)module, options, group));
        }

        return result;
    }

    private static bool IsTaken(torch.nn.Module module, DoPrOptions options) =>
        module is not global::TorchSharp.Modules.Conv2d || options.Convolutions != ConvolutionStatistics.None;

    private static bool IsSelected(int index, string name, DoPrOptions options)
    {
        bool isInSelection = options.Layers switch
        {
            LayerSelection.First => index == 0,
            LayerSelection.AllButFirst => index > 0,
            _ => true,
        };
        return isInSelection && options.Filter?.Invoke(name) != false;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
