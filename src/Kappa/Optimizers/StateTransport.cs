using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>Moves what an optimizer remembers along with parameters that were rescaled without changing the network's function.</summary>
/// <remarks>
/// A parameter that was multiplied by s has a gradient that is 1/s of what it was: sums of gradients are multiplied by 1/s, sums of their squares by 1/s^2,
/// element by element. Then the optimizer continues as if it had seen the rescaled network all along.
/// </remarks>
public sealed class StateTransport
{
    private readonly IReadOnlyDictionary<Tensor, Action<Tensor, int, int>> _scalings;
    private readonly HashSet<Tensor> _preconditioned = [];

    /// <summary>Makes a transport.</summary>
    /// <param name="scalings">For each rescaled parameter, what multiplies a tensor of its shape by r_o^a s_j^b, where the parameter was multiplied by r_o /
    /// s_j.</param>
    internal StateTransport(IReadOnlyDictionary<Tensor, Action<Tensor, int, int>> scalings) => _scalings = scalings;

    /// <summary>Whether nothing moves: the call only finds out whether an optimizer knows how.</summary>
    internal bool IsTrial => _scalings.Count == 0;

    /// <summary>Multiplies something that is linear in the gradient, such as a momentum, by 1/s.</summary>
    /// <param name="parameter">The parameter that it belongs to.</param>
    /// <param name="slot">What to change, of the parameter's shape.</param>
    public void ScaleLikeGradient(Parameter parameter, Tensor slot) => Scale(parameter, slot, -1, IsPreconditioned(parameter) ? -1 : 1);

    /// <summary>Multiplies something that is quadratic in the gradient, element by element, such as a second moment, by 1/s^2.</summary>
    /// <param name="parameter">The parameter that it belongs to.</param>
    /// <param name="slot">What to change, of the parameter's shape.</param>
    public void ScaleLikeSquaredGradient(Parameter parameter, Tensor slot) => Scale(parameter, slot, -2, IsPreconditioned(parameter) ? -2 : 2);

    /// <summary>Multiplies something that lives where the parameter lives, such as an average of its values, by s.</summary>
    /// <param name="parameter">The parameter that it belongs to.</param>
    /// <param name="slot">What to change, of the parameter's shape.</param>
    public void ScaleLikeParameter(Parameter parameter, Tensor slot) => Scale(parameter, slot, 1, -1);

    /// <summary>Takes the scales off a copy of a parameter's values, which then are those of before.</summary>
    internal void Undo(Parameter parameter, Tensor copy) => Scale(parameter, copy, -1, 1);

    /// <summary>Takes off a copy of a parameter's values what its outputs were multiplied by, r_o, and leaves what its inputs were.</summary>
    internal void UndoOutputs(Parameter parameter, Tensor copy) => Scale(parameter, copy, -1, 0);

    /// <summary>
    /// Says that the gradient of a weight reaches the optimizer as G S^-1, S the second moment of the layer's inputs: with G' = G s_j / r_o and S' = diag(s) S
    /// diag(s) it becomes G S^-1 / (r_o s_j). Exact without damping.
    /// </summary>
    internal void MarkPreconditioned(Tensor weight) => _ = _preconditioned.Add(weight);

    private bool IsPreconditioned(Parameter parameter) => _preconditioned.Contains(parameter.Tensor);

    private void Scale(Parameter parameter, Tensor slot, int enterPower, int leavePower)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (slot.Shape != parameter.Tensor.Shape)
            throw new TensorShapeException($"what moves with {parameter.Name} must be {parameter.Tensor.Shape}; got {slot.Shape}");
        if (_scalings.TryGetValue(parameter.Tensor, out var scale))
            scale(slot, enterPower, leavePower);
    }
}
