using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>Makes an optimizer forget what it remembers of units that were replaced by new ones.</summary>
/// <remarks>A unit has a row of the weight that makes it, an element of that layer's bias, and columns of the weight that reads it: what an optimizer keeps
/// for those elements is of a unit that is gone.</remarks>
public sealed class UnitReset
{
    private readonly Parameter? _incoming;
    private readonly IReadOnlyList<int> _units;
    private readonly IReadOnlyDictionary<Tensor, Action<Tensor>> _clears;

    /// <summary>Makes a reset of units of one layer.</summary>
    /// <param name="incoming">The weight that makes the units.</param>
    /// <param name="units">Which.</param>
    /// <param name="clears">For each parameter that has elements of those units, what zeroes them in a tensor of its shape.</param>
    internal UnitReset(Parameter incoming, IReadOnlyList<int> units, IReadOnlyDictionary<Tensor, Action<Tensor>> clears) =>
        (_incoming, _units, _clears) = (incoming, units, clears);

    private UnitReset() => (_units, _clears) = ([], new Dictionary<Tensor, Action<Tensor>>());

    /// <summary>Nothing is forgotten: the call only finds out whether an optimizer knows how.</summary>
    internal static UnitReset Trial { get; } = new();

    /// <summary>Zeroes, in something that has an element for each of a parameter's, what belongs to the units.</summary>
    /// <param name="parameter">The parameter that it belongs to.</param>
    /// <param name="slot">What to change, of the parameter's shape.</param>
    /// <exception cref="TensorShapeException">It has another shape.</exception>
    public void Clear(Parameter parameter, Tensor slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (slot.Shape != parameter.Tensor.Shape)
            throw new TensorShapeException($"what is kept for the units of {parameter.Name} must be {parameter.Tensor.Shape}; got {slot.Shape}");
        if (_clears.TryGetValue(parameter.Tensor, out var clear))
            clear(slot);
    }

    /// <summary>Which units of the layer were replaced whose weight this is.</summary>
    internal IReadOnlyList<int> UnitsOf(Parameter incoming) => _incoming?.Tensor == incoming.Tensor ? _units : [];
}
