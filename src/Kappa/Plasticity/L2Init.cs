using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>Regenerative regularisation: <c>lambda sum (theta - theta_0)^2</c> inside the loss, which pulls towards the initial values in place of
/// zero.</summary>
/// <remarks>
/// Source: Kumar, Marklund and Van Roy (2023), "Maintaining plasticity in continual learning via regenerative regularization", arXiv 2308.11958.
/// theta_0 is what the parameters hold when this is made; a resumed run takes it from the saved state. One more number of state for each parameter.
/// Where <see cref="Rescaling.PathConditioning"/> rescales a parameter in training, theta_0 is rescaled alike: the way from the start stays what it was. The
/// penalty itself is not invariant.
/// </remarks>
public sealed class L2Init : CoupledPenalty
{
    private readonly Tensor[] _initial;

    /// <summary>Puts the penalty in front of an optimizer.</summary>
    /// <param name="inner">Who makes the step; its parameters hold their initial values now.</param>
    /// <param name="strength">lambda: finite, zero or more; 0 is bit-identical to the inner optimizer.</param>
    /// <param name="where">Which parameters; null for all, biases included.</param>
    /// <exception cref="ArgumentOutOfRangeException">The strength is negative, NaN or infinite.</exception>
    public L2Init(Optimizer inner, double strength = 1e-4, Func<Parameter, bool>? where = null)
        : base(inner, strength, where)
    {
        using var outside = TensorScope.Suspend();
        _initial = [.. Parameters.Select(parameter => parameter.Tensor.Clone())];
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.StateCore(state);
        for (int i = 0; i < _initial.Length; i++)
        {
            if (IsSelected(i))
                state.Tensors.Add($"{Parameters[i].Name}.initial_value", _initial[i]);
        }
    }

    /// <inheritdoc/>
    protected internal override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        base.TransportCore(transport);
        for (int i = 0; i < _initial.Length; i++)
            transport.ScaleLikeParameter(Parameters[i], _initial[i]);
    }

    private protected override void WriteGradient(int index, Tensor parameter, double scale, Tensor destination) =>
        destination.Backend.ScaledDifference(parameter, _initial[index], 2 * scale, destination, accumulate: false);
}
