using Kappa.Networks;

namespace Kappa.Optimizers;

/// <summary>Whether a model that is given beside an optimizer is the one that the optimizer trains.</summary>
internal static class TrainedModel
{
    /// <summary>Refuses a model of which the optimizer trains nothing, and says where the two do not cover each other.</summary>
    /// <param name="method">Who asks, for messages.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="model">The model.</param>
    /// <param name="acted">The parameters of the model that the method acts on.</param>
    /// <param name="onWarning">Takes a line; null for <see cref="Warnings"/>.</param>
    /// <exception cref="ArgumentException">The model holds none of the optimizer's parameters.</exception>
    internal static void Require(string method, Optimizer optimizer, Module model, IEnumerable<Parameter> acted, Action<string>? onWarning = null)
    {
        var held = model.Parameters().Select(parameter => parameter.Tensor).ToHashSet();
        string[] outside = [.. optimizer.Parameters.Where(parameter => !held.Contains(parameter.Tensor)).Select(parameter => parameter.Name)];
        if (outside.Length == optimizer.Parameters.Count)
        {
            throw new ArgumentException(
                $"{method}: the model holds none of the parameters that {optimizer.Kind} trains ({Warnings.Names(outside)}), "
                + $"so {method} would do nothing to what is trained. "
                + "Make the optimizer from the Parameters() of this model, or give the model that it was made from", nameof(model));
        }

        if (outside.Length > 0)
        {
            optimizer.SayOnce(
                $"{method}: the model does not hold {Warnings.Names(outside)}, which {optimizer.Kind} trains too: {method} does nothing to them. "
                + "Give a model that holds them, or train them by an optimizer of their own", onWarning);
        }

        var trained = optimizer.Parameters.Select(parameter => parameter.Tensor).ToHashSet();
        var untrained = acted.Where(parameter => parameter.Tensor.RequiresGradient && !trained.Contains(parameter.Tensor)).ToArray();
        if (untrained.Length > 0)
        {
            optimizer.SayOnce(
                $"{method} acts on {Warnings.Names([.. untrained.Select(parameter => parameter.Name)])}, which {optimizer.Kind} does not train. "
                + $"Give them to the optimizer, freeze them by RequiresGradient = false, or leave them out of the model that {method} is given", onWarning);
        }
    }
}
