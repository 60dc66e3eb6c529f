using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>Steps of one size along the sign of the momentum, with decoupled weight decay.</summary>
/// <remarks>
/// <para>With g the clipped gradient and the rate eta: m = mu m + (1 - mu) g; w = (1 - eta lambda) w - eta sign(m), where sign(0) = 0. With mu = 0 it is
/// signSGD.</para>
/// <para>Source: Bernstein, Wang, Azizzadenesheli and Anandkumar (2018), signSGD, arXiv 1802.04434, algorithm 2; the default of mu is theirs. One pass over
/// memory: reads three numbers and writes two for each parameter; one number of state.</para>
/// <para>The step does not shrink with the gradient, so the learning rate must fall for the parameters to settle: use a schedule.</para>
/// </remarks>
public sealed class Signum : Optimizer
{
    private readonly Tensor[] _momentum;
    private readonly SignumUpdate[] _work;

    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What to train, such as <c>model.Parameters()</c>.</param>
    /// <param name="learningRate">eta, what each element changes by in a step: finite, zero or more.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <param name="weightDecay">lambda: finite, zero or more.</param>
    /// <exception cref="ArgumentException">There is no parameter, or one appears twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Signum(IReadOnlyList<Parameter> parameters, double learningRate = 1e-4, double momentum = 0.9, double weightDecay = 0)
        : this([new ParameterGroup(parameters)], learningRate, momentum, weightDecay)
    {
    }

    /// <summary>Makes the optimizer over groups.</summary>
    /// <param name="groups">What to train, in groups with their own scale and decay.</param>
    /// <param name="learningRate">eta, what each element changes by in a step: finite, zero or more.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <param name="weightDecay">lambda: finite, zero or more.</param>
    /// <exception cref="ArgumentException">There is no parameter, or one appears twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Signum(IReadOnlyList<ParameterGroup> groups, double learningRate = 1e-4, double momentum = 0.9, double weightDecay = 0)
        : base(groups, learningRate)
    {
        Momentum = OptionChecks.BelowOne(momentum, "Signum.Momentum");
        WeightDecay = OptionChecks.Fits(OptionChecks.NotNegative(weightDecay, "Signum.WeightDecay"), "Signum.WeightDecay", OptionChecks.Narrowest(Parameters));
        _momentum = [.. Parameters.Select(Slots.ZerosLike)];
        _work = new SignumUpdate[Parameters.Count];
    }

    /// <summary>mu.</summary>
    public double Momentum { get; }

    /// <summary>lambda.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        int count = 0;
        for (int i = 0; i < _momentum.Length; i++)
        {
            if (step.Gradients[i] is not { } gradient)
                continue;
            double rate = step.LearningRateOf(i);
            ref var update = ref _work[count++];
            update.Value = step.Parameters[i].Tensor;
            update.Gradient = gradient;
            update.Mean = _momentum[i];
            update.GradientScale = step.GradientScale;
            update.Momentum = Momentum;
            update.Shrinkage = 1 - (rate * step.WeightDecayOf(i, WeightDecay));
            update.StepSize = rate;
        }

        if (count > 0)
            _work[0].Value.Backend.Signum(_work, count);
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < _momentum.Length; i++)
            state.Tensors.Add($"{Parameters[i].Name}.momentum", _momentum[i]);
    }

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state)
    {
        // The momentum is a tensor, and those have been copied.
    }

    /// <inheritdoc/>
    protected internal override void ResetUnitsCore(UnitReset reset)
    {
        ArgumentNullException.ThrowIfNull(reset);
        for (int i = 0; i < _momentum.Length; i++)
            reset.Clear(Parameters[i], _momentum[i]);
    }

    /// <inheritdoc/>
    protected internal override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        for (int i = 0; i < _momentum.Length; i++)
            transport.ScaleLikeGradient(Parameters[i], _momentum[i]);
    }
}
