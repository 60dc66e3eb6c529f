using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>Gradient descent, with momentum where asked for.</summary>
/// <remarks>
/// With g the clipped gradient and the rate eta: g = g + lambda w (the decay is coupled: it goes through the momentum); u = mu u + (1 - dampening) g, or u = g
/// the first time; w = w - eta u, with Nesterov w = w - eta (g + mu u). As in PyTorch (Sutskever and others, 2013, without its learning rate inside u).
/// One pass over memory; no state without momentum, one number for each parameter with it.
/// </remarks>
public sealed class SGD : Optimizer
{
    private readonly Tensor[]? _velocity;
    private readonly long[] _updates;
    private readonly SgdUpdate[] _work;

    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What to train, such as <c>model.Parameters()</c>.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <param name="dampening">0 to 1.</param>
    /// <param name="nesterov">Whether to look ahead; needs momentum, and dampening 0.</param>
    /// <param name="weightDecay">lambda: finite, zero or more.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or Nesterov is asked for without momentum or with dampening.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public SGD(IReadOnlyList<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, bool nesterov = false,
        double weightDecay = 0)
        : this([new ParameterGroup(parameters)], learningRate, momentum, dampening, nesterov, weightDecay)
    {
    }

    /// <summary>Makes the optimizer over groups.</summary>
    /// <param name="groups">What to train, in groups with their own scale and decay.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <param name="dampening">0 to 1.</param>
    /// <param name="nesterov">Whether to look ahead; needs momentum, and dampening 0.</param>
    /// <param name="weightDecay">lambda: finite, zero or more.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or Nesterov is asked for without momentum or with dampening.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public SGD(IReadOnlyList<ParameterGroup> groups, double learningRate, double momentum = 0, double dampening = 0, bool nesterov = false,
        double weightDecay = 0)
        : base(groups, learningRate)
    {
        Momentum = OptionChecks.BelowOne(momentum, "SGD.Momentum");
        Dampening = dampening is >= 0 and <= 1 ? dampening
            : throw new ArgumentOutOfRangeException(nameof(dampening), dampening, $"SGD.Dampening takes a number from 0 to 1; got {dampening}");
        WeightDecay = OptionChecks.Fits(OptionChecks.NotNegative(weightDecay, "SGD.WeightDecay"), "SGD.WeightDecay", OptionChecks.Narrowest(Parameters));
        Nesterov = nesterov;
        if (nesterov && (momentum == 0 || dampening != 0))
        {
            throw new ArgumentException(
                $"SGD: Nesterov takes momentum above 0 and dampening 0; got momentum {momentum} and dampening {dampening}", nameof(nesterov));
        }

        _velocity = momentum == 0 ? null : [.. Parameters.Select(Slots.ZerosLike)];
        _updates = new long[Parameters.Count];
        _work = new SgdUpdate[Parameters.Count];
    }

    /// <summary>mu.</summary>
    public double Momentum { get; }

    /// <summary>What the gradient's share in the momentum is reduced by.</summary>
    public double Dampening { get; }

    /// <summary>Whether the step looks ahead.</summary>
    public bool Nesterov { get; }

    /// <summary>lambda.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        int count = 0;
        for (int i = 0; i < _updates.Length; i++)
        {
            if (step.Gradients[i] is not { } gradient)
                continue;
            ref var update = ref _work[count++];
            update.Value = step.Parameters[i].Tensor;
            update.Gradient = gradient;
            update.Velocity = _velocity?[i];
            update.GradientScale = step.GradientScale;
            update.WeightDecay = step.WeightDecayOf(i, WeightDecay);
            update.Momentum = Momentum;
            update.GradientShare = _updates[i]++ == 0 ? 1 : 1 - Dampening;
            update.Nesterov = Nesterov;
            update.StepSize = step.LearningRateOf(i);
        }

        if (count > 0)
            _work[0].Value.Backend.Sgd(_work, count);
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < _updates.Length; i++)
        {
            if (_velocity is not null)
                state.Tensors.Add($"{Parameters[i].Name}.momentum", _velocity[i]);
            state.Add($"{Parameters[i].Name}.updates", _updates[i]);
        }
    }

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < _updates.Length; i++)
            _updates[i] = (long)state.Numbers[$"{Parameters[i].Name}.updates"];
    }

    /// <inheritdoc/>
    protected internal override void ResetUnitsCore(UnitReset reset)
    {
        ArgumentNullException.ThrowIfNull(reset);
        for (int i = 0; _velocity is not null && i < _velocity.Length; i++)
            reset.Clear(Parameters[i], _velocity[i]);
    }

    /// <inheritdoc/>
    protected internal override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        for (int i = 0; _velocity is not null && i < _velocity.Length; i++)
            transport.ScaleLikeGradient(Parameters[i], _velocity[i]);
    }
}
