using Kappa.Networks;

namespace Kappa.Optimizers;

/// <summary>Adam with decoupled weight decay.</summary>
/// <remarks>
/// <para>With g the clipped gradient, t the number of updates of the parameter including this one, and the rate eta:
/// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
/// w = (1 - eta lambda) w - eta (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon).</para>
/// <para>Source: Loshchilov and Hutter (2017), arXiv 1711.05101, algorithm 2, with the decay scaled by the learning rate as PyTorch does. One pass over memory:
/// reads four numbers and writes three for each parameter; two numbers of state.</para>
/// <para>The step is that of the formula at any scale of the gradient. Single precision holds squares of gradients between about 1e-17 and 1e19; beside an
/// epsilon below 6e-11, and from a larger gradient on, the second moment of a weight in Float32 is kept in Float64, and computed there.</para>
/// </remarks>
public sealed class AdamW : Optimizer
{
    private readonly AdamWMoments _moments;

    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What to train, such as <c>model.Parameters()</c>.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, or one appears twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdamW(IReadOnlyList<Parameter> parameters, double learningRate = 1e-3, AdamWOptions? options = null)
        : this([new ParameterGroup(parameters)], learningRate, options)
    {
    }

    /// <summary>Makes the optimizer over groups.</summary>
    /// <param name="groups">What to train, in groups with their own scale and decay.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, or one appears twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdamW(IReadOnlyList<ParameterGroup> groups, double learningRate = 1e-3, AdamWOptions? options = null)
        : base(groups, learningRate)
    {
        Options = options ?? new AdamWOptions();
        Options.Validate();
        _moments = new AdamWMoments(Parameters, [.. Enumerable.Range(0, Parameters.Count)], Options);
    }

    /// <summary>The settings.</summary>
    public AdamWOptions Options { get; }

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step) => _moments.Update(step, learningRateRatio: 1);

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state) => _moments.AddTo(state);

    /// <inheritdoc/>
    internal override void WidenFor(OptimizerState state) => _moments.WidenFor(state);

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state) => _moments.LoadFrom(state);

    /// <inheritdoc/>
    /// <remarks>The count of updates behind the bias correction is the parameter's and goes on.</remarks>
    protected internal override void ResetUnitsCore(UnitReset reset) => _moments.ResetUnits(reset);

    /// <inheritdoc/>
    protected internal override void TransportCore(StateTransport transport) => _moments.Transport(transport);
}
