using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;

namespace Kappa.Plasticity;

/// <summary>Finds the hidden layers of a chain of modules.</summary>
internal static class HiddenLayers
{
    /// <summary>The hidden layers, first to last.</summary>
    /// <exception cref="ArgumentException">The model is not such a chain, or has no hidden layer.</exception>
    internal static IReadOnlyList<HiddenLayer> Of(Module model, string method)
    {
        ArgumentNullException.ThrowIfNull(model);
        _ = model.Parameters();
        var result = new List<HiddenLayer>();
        (string Path, Module Module)? before = null;
        foreach (var (path, module) in Chain("", model))
        {
            if (module is Linear or Conv2d { Groups: 1 })
            {
                if (before is { } last)
                    result.Add(Between(last, (path, module), method));
                before = (path, module);
            }
            else if (module is not (ActivationModule or LeakyReLU or PReLU or LayerNorm or RMSNorm or BatchNorm1d or BatchNorm2d or MaxPool2d or AvgPool2d or GlobalAvgPool2d or Flatten or Dropout))
            {
                throw new ArgumentException(
                    $"{method} follows units from one layer of weights to the next, through a Sequential of linear layers, convolutions without groups, elementwise activations, norms and pooling; "
                    + $"\"{path}\" is a {module.GetType().Name}. Use it on a model without that module, or another method", nameof(model));
            }
        }

        return result.Count > 0 ? result
            : throw new ArgumentException($"{method} acts on hidden units, and the model has none: fewer than two layers of weights. Use the inner optimizer alone", nameof(model));
    }

    private static IEnumerable<(string Path, Module Module)> Chain(string path, Module module) => module is Sequential
        ? module.Children.SelectMany(child => Chain(Join(path, child.Name), child.Module))
        : [(path, module)];

    private static HiddenLayer Between((string Path, Module Module) from, (string Path, Module Module) to, string method)
    {
        var (weight, bias) = from.Module is Linear linear ? (linear.Weight, linear.Bias) : (((Conv2d)from.Module).Weight, ((Conv2d)from.Module).Bias);
        var outgoing = to.Module is Linear next ? next.Weight : ((Conv2d)to.Module).Weight;
        var layer = new HiddenLayer(
            new Parameter(Join(from.Path, "weight"), weight),
            bias is null ? null : new Parameter(Join(from.Path, "bias"), bias),
            new Parameter(Join(to.Path, "weight"), outgoing));
        return outgoing.Count == (long)outgoing.Shape[0] * layer.Units * layer.Block ? layer
            : throw new ArgumentException($"{method}: the inputs of {layer.Outgoing.Name} {outgoing.Shape} are not a whole number for each of the {layer.Units} units of {layer.Incoming.Name}");
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
