using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;

namespace Kappa.Plasticity;

/// <summary>Continual backpropagation: beside the gradient step, the least useful mature units are replaced at a steady, low rate (generate and test).</summary>
/// <remarks>
/// <code>
/// u_i = eta u_i + (1 - eta) mean |h_i| sum_k |w_ki|,   utility of a unit of age a: u_i / (1 - eta^a)
/// due = due + rho (units older than m); while due >= 1: replace the mature unit of least utility, due = due - 1
/// </code>
/// <para>Source: Dohare, Hernandez-Garcia, Lan, Rahman, Mahmood and Sutton (2024), "Loss of plasticity in deep continual learning", Nature 632, algorithm 1 (arXiv 2306.13812), with the mean of |h| over the batch.
/// A new unit has fresh incoming weights (normal, with the root mean square that the layer's had when this was made), zero bias, outgoing weights, utility, age and moments in the
/// inner optimizer. The count of updates behind Adam's bias correction is the parameter's and goes on.</para>
/// <para>Works on the models of <see cref="ReDo"/>, and resumes to the same bits in the same way. Cost in each step: a pass over the activations and one over the outgoing weights.</para>
/// </remarks>
public sealed class ContinualBackpropagation : OptimizerWrapper, IDisposable
{
    private readonly UnitObserver[] _observers;
    private readonly UnitUtilities[] _layers;
    private readonly Philox _generator;

    /// <summary>Wraps an optimizer.</summary>
    /// <param name="inner">Who makes the step.</param>
    /// <param name="model">The model whose units are watched; it holds its initial values now.</param>
    /// <param name="generator">Where fresh weights come from; does not advance.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ArgumentException">The model is not a chain of layers with hidden units, or its weights are watched already.</exception>
    public ContinualBackpropagation(Optimizer inner, Module model, Philox generator, ContinualBackpropagationOptions? options = null)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(generator);
        Options = options ?? new ContinualBackpropagationOptions();
        Options.Validate();
        var layers = HiddenLayers.Of(model, nameof(ContinualBackpropagation));
        _generator = generator.Split("continual-backpropagation");
        _layers = [.. layers.Select(layer => new UnitUtilities(layer, Options))];
        _observers = UnitObserver.Attach(layers, nameof(ContinualBackpropagation));
    }

    /// <summary>The settings.</summary>
    public ContinualBackpropagationOptions Options { get; }

    /// <summary>How many units were replaced so far.</summary>
    public long ReplacedCount { get; private set; }

    /// <summary>Stops watching: from here on the inner optimizer is alone.</summary>
    public void Dispose()
    {
        foreach (var observer in _observers)
            observer.Detach();
    }

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        base.StepCore(step);
        for (int i = 0; i < _layers.Length; i++)
        {
            if (_observers[i].MeanMagnitudes() is not { } magnitudes)
                continue;
            var layer = _layers[i];
            int[] replaced = layer.Update(magnitudes);
            if (replaced.Length == 0)
                continue;
            UnitReplacement.Replace(layer.Layer, replaced, layer.Scale, Inner, _generator.Split(step.Index).Split(layer.Layer.Incoming.Name));
            ReplacedCount += replaced.Length;
        }
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.StateCore(state);
        foreach (var layer in _layers)
            layer.AddTo(state);
        state.Add("replaced_units", ReplacedCount);
    }

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.LoadCore(state);
        foreach (var layer in _layers)
            layer.LoadFrom(state);
        ReplacedCount = (long)state.Numbers["replaced_units"];
    }
}
