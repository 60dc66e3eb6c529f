using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Units;

namespace Kappa.Plasticity;

/// <summary>ReDo: every so many steps, dormant units are made new.</summary>
/// <remarks>
/// <code>
/// s_i = mean |h_i| / (mean over the layer's units of mean |h_k|),   dormant where s_i &lt;= tau
/// </code>
/// <para>Source: Sokar, Agarwal, Castro and Evci (2023), "The dormant neuron phenomenon in deep reinforcement learning", arXiv 2302.12902. The activations are
/// those of the batch, or micro-batches, of the step; they are seen during the backward pass and only in the steps that look, the first of each further
/// interval. Incoming weights are drawn from a normal distribution with the root mean square that the layer's had when this was made (the source redraws from
/// the layer's initialiser), biases and outgoing weights become zero, and so do the moments of the unit in the optimizer and in what is wrapped around it
/// (<see cref="Optimizer.ResetUnitsCore"/>). Where a whole layer is dead, all of its units are replaced.</para>
/// <para>Works on every model whose operations let units be followed (<see cref="HiddenUnits"/>): chains, the inner layers of residual blocks, the perceptrons
/// of a transformer. <see cref="Units"/> says which layers are left alone and why. Draws depend on the generator, which is part of the state, the step and the
/// layer's name alone, so a resumed run gives the same bits.</para>
/// <para>Where <see cref="Rescaling.PathConditioning"/> rescales the model in training, the root mean square of fresh weights is multiplied by what that of the
/// layer's weights is multiplied by. Scores are not invariant: a unit whose scale grows has a larger share of its layer's mean. One that gives nothing still
/// gives nothing.</para>
/// </remarks>
public sealed class ReDo : OptimizerWrapper, IDisposable
{
    private readonly WatchedUnits _units;

    /// <summary>Wraps an optimizer.</summary>
    /// <param name="inner">Who makes the step.</param>
    /// <param name="model">The model whose units are watched; it holds its initial values now.</param>
    /// <param name="generator">Where fresh weights come from; does not advance.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ArgumentException">The model has no hidden units that can be followed, the shape of its input cannot be read off, or it holds no
    /// parameter of the optimizer.</exception>
    /// <exception cref="NotSupportedException">The inner optimizer does not say what it forgets when units are made new
    /// (<see cref="Optimizer.ResetUnitsCore"/>).</exception>
    public ReDo(Optimizer inner, Module model, Philox generator, ReDoOptions? options = null)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(generator);
        Options = options ?? new ReDoOptions();
        Options.Validate();
        _units = new WatchedUnits(inner, model, generator.Split("redo"), Options.InputShape, nameof(ReDo), "redo");
    }

    /// <summary>The settings.</summary>
    public ReDoOptions Options { get; }

    /// <summary>The units that are watched, and the layers that are left alone, with the reason.</summary>
    public HiddenUnits Units => _units.Units;

    /// <summary>How many units were replaced so far.</summary>
    public long ReplacedCount => _units.ReplacedCount;

    /// <summary>Stops watching: from here on the inner optimizer is alone.</summary>
    public void Dispose()
    {
        StepAside(Inner);
        _units.Dispose();
    }

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        base.StepCore(step);
        if (IsDue(step.Index))
            _units.Replace(step, (_, magnitudes) => Dormant(magnitudes));
        _units.Watch(IsDue(step.Index + 1));
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.StateCore(state);
        _units.AddTo(state);
    }

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.LoadCore(state);
        _units.LoadFrom(state);
        // Which step comes next is known again, and it may be one that looks.
        _units.Watch(true);
    }

    /// <inheritdoc/>
    protected internal override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        base.TransportCore(transport);
        _units.Transport(transport);
    }

    private bool IsDue(long step) => step > 0 && step % Options.Interval == 0;

    private int[] Dormant(double[] magnitudes)
    {
        double limit = Options.Threshold * magnitudes.Average();
        return [.. Enumerable.Range(0, magnitudes.Length).Where(unit => magnitudes[unit] <= limit)];
    }
}
