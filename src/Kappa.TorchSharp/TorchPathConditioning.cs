using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Rescaling;
using Kappa.Tensors;
using TorchSharp;
using TorchLinear = TorchSharp.Modules.Linear;

namespace Kappa.TorchSharp;

/// <summary>PathCond for the models of TorchSharp: rescales the hidden units of a <c>Sequential</c> before training, and leaves its function as it
/// is.</summary>
/// <remarks>Layers are Linear, ReLU, Flatten, Identity and Dropout; any other is an error that names it. The concept: docs/concepts/pathcond.md.</remarks>
public static class TorchPathConditioning
{
    /// <summary>Rescales a model in place.</summary>
    /// <param name="model">A <c>Sequential</c>, which may hold others.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="NotRescalableException">The model has another kind of layer, or no unit that can be rescaled.</exception>
    public static RescalingResult Rescale(torch.nn.Module model, RescalingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var pairs = new List<(torch.Tensor Theirs, Tensor Ours)>();
        List<(string Name, Module Module)> layers = [];
        Translate(model, "", layers, pairs);
        var own = new Sequential([.. layers]);
        foreach (var (theirs, ours) in pairs)
            ours.CopyFromInPlace(theirs.detach().contiguous().AsKappa());
        var result = PathConditioning.Rescale(own, options);
        using var quiet = torch.no_grad();
        foreach (var (theirs, ours) in pairs)
        {
            using var there = ours.To(TorchDevice.Of(theirs.device));
            using var values = there.AsTorch();
            _ = theirs.copy_(values);
        }

        return result;
    }

    private static void Translate(torch.nn.Module module, string path, List<(string Name, Module Module)> layers, List<(torch.Tensor, Tensor)> pairs)
    {
        string name = layers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        switch (module)
        {
            case TorchLinear linear:
                var own = new Linear(
                    checked((int)linear.weight!.shape[1]), checked((int)linear.weight.shape[0]), linear.bias is not null,
                    type: Kernels.TorchTypes.TypeOf(linear.weight.dtype));
                pairs.Add((linear.weight, own.Weight));
                if (linear.bias is { } bias)
                    pairs.Add((bias, own.Bias!));
                layers.Add((name, own));
                break;
            case global::TorchSharp.Modules.ReLU:
                layers.Add((name, new ReLU()));
                break;
            case global::TorchSharp.Modules.Flatten:
                layers.Add((name, new Flatten()));
                break;
            case global::TorchSharp.Modules.Identity or global::TorchSharp.Modules.Dropout:
                break;
            case global::TorchSharp.Modules.Sequential:
                foreach (var (part, child) in module.named_children())
                    Translate(child, path.Length == 0 ? part : $"{path}.{part}", layers, pairs);
                break;
            default:
                throw new NotRescalableException(
                    $"the layer {(path.Length == 0 ? "(the model itself)" : path)} is a {module.GetType().Name}: a model of TorchSharp is rescaled where it is "
                    + "a Sequential of Linear, ReLU, Flatten, Identity and Dropout. Load its weights into a model of Kappa's for other layers");
        }
    }
}
