using Kappa.Networks;
using Kappa.Rescaling;
using Kappa.TorchSharp.Sharing;
using TorchSharp;

namespace Kappa.TorchSharp;

/// <summary>PathCond for the models of TorchSharp: rescales the hidden units of a model before training, in place, and leaves its function as it is.</summary>
/// <remarks>
/// Runs on a <c>Sequential</c>, which may hold others, of the layers that Kappa has: Linear, Conv2d (square), batch and layer normalisation, the activations,
/// pooling, Flatten, Dropout. Units that meet something that is not homogeneous are left alone, and the result says so. Of a model with a forward pass of its
/// own give the chains of layers that it consists of. The concept: docs/concepts/pathcond.md.
/// </remarks>
public static class TorchPathConditioning
{
    /// <summary>Rescales a model.</summary>
    /// <param name="model">A <c>Sequential</c>.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="NotRescalableException">The model has a layer that Kappa cannot run, or no unit that can be rescaled.</exception>
    public static RescalingResult Rescale(torch.nn.Module model, RescalingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return PathConditioning.Rescale(Runnable(model), options);
    }

    /// <summary>Rescales the units inside of each chain of a model whose forward pass is its own.</summary>
    /// <param name="chains">Layers that are called one after the other, each on what the one before gave. What goes into a chain, and what comes out of it,
    /// keeps its scale, so that what happens between chains does not matter. Nothing else may read what is passed on within one, nor use its layers.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>One for each chain.</returns>
    /// <exception cref="NotRescalableException">A chain has a layer that Kappa cannot run, no unit that can be rescaled, or a layer that another one has
    /// too.</exception>
    public static IReadOnlyList<RescalingResult> Rescale(IReadOnlyList<IReadOnlyList<torch.nn.Module>> chains, RescalingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(chains);
        var seen = new HashSet<nint>();
        var models = new List<Module>();
        foreach (var chain in chains)
        {
            string[] again = [.. chain.SelectMany(layer => layer.parameters()).Where(parameter => !seen.Add(TensorIdentity.Of(parameter)))
                .Select(parameter => $"[{string.Join(", ", parameter.shape)}]")];
            if (again.Length > 0)
            {
                throw new NotRescalableException(
                    $"chain {models.Count} has weights that were listed before: {string.Join(", ", again)}. A layer that is used twice has two places whose "
                    + "scales it would have to keep: leave it out of the chains");
            }

            models.Add(new Sequential([.. chain.Select(Runnable)]));
        }

        return [.. models.Select(model => PathConditioning.Rescale(model, options))];
    }

    private static Module Runnable(torch.nn.Module model)
    {
        var mirror = Mirror.Of(model);
        if (mirror.FirstOpaque() is var (path, kind))
        {
            throw new NotRescalableException(
                $"the layer {(path.Length == 0 ? "(the model itself)" : path)} is a {kind}, which Kappa cannot run with these settings. Rescale a Sequential "
                + "of layers that Kappa has, or list the chains of such layers that the model consists of");
        }

        string[] tied = [.. mirror.Parameters.GroupBy(parameter => parameter.Identity).Where(same => same.Count() > 1)
            .Select(same => string.Join(" = ", same.Select(parameter => parameter.Name)))];
        return tied.Length == 0 ? mirror.Root : throw new NotRescalableException(
            $"{tied[0]} is one weight in two places, whose units would have to keep one scale. List the chains without it");
    }
}
