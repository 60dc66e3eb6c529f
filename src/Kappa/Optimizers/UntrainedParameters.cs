using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>Says once which parameters of an optimizer get no gradient, and which parameters of its model no optimizer holds.</summary>
internal sealed class UntrainedParameters
{
    // Whether any optimizer was ever made with a tensor: models may be shared out among several.
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<Tensor, object> Held = [];

    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private (Module Model, long Growth)[]? _models;

    internal UntrainedParameters(IReadOnlyList<Parameter> parameters)
    {
        _parameters = parameters;
        foreach (var (_, tensor) in parameters)
            Held.AddOrUpdate(tensor, Held);
    }

    /// <summary>Looks at the first step, and again where the model has grown since. In all others it costs a comparison, and allocates nothing.</summary>
    internal void Look(string optimizer, Tensor?[] gradients)
    {
        if (_models is null)
            SayWithoutGradient(optimizer, gradients);
        if (_models is null || HasGrown(_models))
            SayUnused(optimizer);
    }

    private void SayWithoutGradient(string optimizer, Tensor?[] gradients)
    {
        Say(
            Without(gradients, isFrozen: false),
            names => $"{optimizer}: no gradient in the first step, and so no update, for {names}. Did the layers run? "
                + "If a layer was replaced after the optimizer was made, make the optimizer anew");
        Say(
            Without(gradients, isFrozen: true),
            names => $"{optimizer}: frozen, since RequiresGradient is false: {names}. "
                + "Leave them out of the optimizer, or set RequiresGradient before the forward pass");
    }

    private void SayUnused(string optimizer)
    {
        _models = [.. _parameters.Select(parameter => Module.RootOf(parameter.Tensor)).OfType<Module>().Distinct().Select(model => (model, model.Growth))];
        Say(
            _models.SelectMany(entry => entry.Model.Parameters()).Where(IsUnused).Select(parameter => parameter.Name),
            names => $"{optimizer}: gradients that no optimizer uses, for the model's {names}. Make the optimizer after the model is complete, "
                + "give them to one, or freeze them by RequiresGradient = false");
    }

    private static bool HasGrown((Module Model, long Growth)[] models)
    {
        foreach (var (model, growth) in models)
        {
            if (model.Growth != growth)
                return true;
        }

        return false;
    }

    private static bool IsUnused(Parameter parameter) =>
        parameter.Tensor is { RequiresGradient: true, HasGradient: true } && !Held.TryGetValue(parameter.Tensor, out _);

    private IEnumerable<string> Without(Tensor?[] gradients, bool isFrozen) =>
        _parameters.Where((parameter, index) => gradients[index] is null && parameter.Tensor.RequiresGradient != isFrozen).Select(parameter => parameter.Name);

    private void Say(IEnumerable<string> names, Func<string, string> line)
    {
        string[] unsaid = [.. names.Where(_said.Add)];
        if (unsaid.Length > 0)
            Warnings.Say(line(Warnings.Names(unsaid)));
    }
}
