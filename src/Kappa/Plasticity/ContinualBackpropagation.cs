using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Units;

namespace Kappa.Plasticity;

/// <summary>Continual backpropagation: beside the gradient step, the least useful mature units are replaced at a steady, low rate (generate and
/// test).</summary>
/// <remarks>
/// <code>
/// u_i = eta u_i + (1 - eta) mean |h_i| sum_k |w_ki|,   utility of a unit of age a: u_i / (1 - eta^a)
/// due = due + rho (units older than m); while due >= 1: replace the mature unit of least utility, due = due - 1
/// </code>
/// <para>Source: Dohare, Hernandez-Garcia, Lan, Rahman, Mahmood and Sutton (2024), "Loss of plasticity in deep continual learning", Nature 632, algorithm 1
/// (arXiv 2306.13812), with the mean of |h| over the batch. A new unit has fresh incoming weights (normal, with the root mean square that the layer's had when
/// this was made), zero bias, outgoing weights, utility, age and moments in the inner optimizer. The count of updates behind Adam's bias correction is the
/// parameter's and goes on.</para>
/// <para>Works on the models of <see cref="ReDo"/>, and resumes to the same bits in the same way. Cost in each step: a pass over the activations and one over
/// the outgoing weights.</para>
/// <para>Where <see cref="Rescaling.PathConditioning"/> multiplies unit i by r_i in training, |h_i| |w_ki| becomes r_k |h_i| |w_ki|: r_i cancels. Utilities
/// move along by sum_k r_k |w_ki| / sum_k |w_ki|, exact where the outgoing weights kept their proportions while the mean was formed, and always in front of the
/// output. Fresh weights follow as in <see cref="ReDo"/>.</para>
/// </remarks>
public sealed class ContinualBackpropagation : OptimizerWrapper, IDisposable
{
    private readonly WatchedUnits _units;
    private readonly UnitUtilities[] _utilities;

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
    public ContinualBackpropagation(Optimizer inner, Module model, Philox generator, ContinualBackpropagationOptions? options = null)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(generator);
        Options = options ?? new ContinualBackpropagationOptions();
        Options.Validate();
        _units = new WatchedUnits(
            inner, model, generator.Split("continual-backpropagation"), Options.InputShape, nameof(ContinualBackpropagation), "continual_backpropagation");
        _utilities = [.. _units.Layers.Select(layer => new UnitUtilities(layer, Options))];
    }

    /// <summary>The settings.</summary>
    public ContinualBackpropagationOptions Options { get; }

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
        _units.Replace(step, (layer, magnitudes) => _utilities[layer].Update(magnitudes));
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.StateCore(state);
        foreach (var layer in _utilities)
            layer.AddTo(state);
        _units.AddTo(state);
    }

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.LoadCore(state);
        foreach (var layer in _utilities)
            layer.LoadFrom(state);
        _units.LoadFrom(state);
    }

    /// <inheritdoc/>
    protected internal override void ResetUnitsCore(UnitReset reset)
    {
        ArgumentNullException.ThrowIfNull(reset);
        base.ResetUnitsCore(reset);
        foreach (var layer in _utilities)
            layer.ResetUnits(reset);
    }

    /// <inheritdoc/>
    protected internal override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        base.TransportCore(transport);
        foreach (var layer in _utilities)
            layer.Transport(transport);
        _units.Transport(transport);
    }
}
