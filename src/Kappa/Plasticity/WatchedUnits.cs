using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Units;

namespace Kappa.Plasticity;

/// <summary>The hidden units of a model, watched while gradients flow, and replaced where a method says so.</summary>
internal sealed class WatchedUnits : IDisposable
{
    private readonly string _prefix;
    private readonly KeptGenerator _generator;
    private readonly UnitObserver[] _observers;
    private readonly double[] _scales;

    /// <summary>Finds the units and begins to watch them.</summary>
    /// <param name="inner">What the method wraps; it must know how to forget units.</param>
    /// <param name="model">The model; it holds its initial values now.</param>
    /// <param name="generator">Where fresh weights come from: they depend on it, the step, the layer's name and the unit alone.</param>
    /// <param name="inputShape">The shape of one input, where it cannot be read off the model.</param>
    /// <param name="method">Who asks, for messages.</param>
    /// <param name="prefix">What its entries in a state begin with.</param>
    /// <exception cref="ArgumentException">The model has no hidden units that can be followed, or holds no parameter of the optimizer.</exception>
    /// <exception cref="NotSupportedException">The optimizer does not say what it forgets.</exception>
    internal WatchedUnits(Optimizer inner, Module model, Philox generator, IReadOnlyList<int>? inputShape, string method, string prefix)
    {
        (_generator, _prefix) = (new KeptGenerator(generator), prefix);
        Units = HiddenUnits.Find(model, inputShape, $"{method}Options.InputShape");
        Layers = [.. Units.Layers.Select(layer => new WatchedLayer(layer))];
        if (Layers.Count == 0)
            throw new ArgumentException(NothingFound(method), nameof(model));
        inner.ResetUnitsCore(UnitReset.Trial);
        TrainedModel.Require(method, inner, model, Layers.SelectMany(layer => layer.Outgoing.Prepend(layer.Incoming)).Distinct());
        _scales = [.. Layers.Select(layer => Scale.RootMeanSquare(layer.Incoming.Tensor))];
        _observers = UnitObserver.Attach(Layers);
    }

    internal HiddenUnits Units { get; }

    internal IReadOnlyList<WatchedLayer> Layers { get; }

    /// <summary>How many units were replaced so far.</summary>
    internal long ReplacedCount { get; private set; }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        foreach (var observer in _observers)
            observer.Detach();
    }

    /// <summary>Says whether to measure from here on; nothing is computed while nobody does.</summary>
    internal void Watch(bool isActive)
    {
        foreach (var observer in _observers)
            observer.IsActive = isActive;
    }

    /// <summary>Replaces units of every layer that was seen since gradients were last cleared.</summary>
    /// <param name="step">The step: whoever was asked to make it forgets those units, with all that it wraps.</param>
    /// <param name="choose">Which, given the layer's index and the mean magnitude of each of its units.</param>
    internal void Replace(OptimizerStep step, Func<int, double[], int[]> choose)
    {
        for (int i = 0; i < Layers.Count; i++)
        {
            if (_observers[i].MeanMagnitudes() is not { } magnitudes)
                continue;
            int[] units = choose(i, magnitudes);
            if (units.Length == 0)
                continue;
            UnitReplacement.Replace(Layers[i], units, _scales[i], step.Optimizer!, _generator.Value.Split(step.Index).Split(Layers[i].Incoming.Name));
            ReplacedCount += units.Length;
        }
    }

    private string NothingFound(string method)
    {
        string reasons = string.Join("; ", Units.LeftAlone.Take(8).Select(layer => $"{(layer.Path.Length == 0 ? "the model" : layer.Path)}: {layer.Reason}"));
        return $"{method} acts on hidden units, from the weight that makes them to the weights that read them, and the model has none that can be followed. "
            + (reasons.Length == 0 ? "It has no layer of weights. " : $"Found: {reasons}. ") + "Use the inner optimizer alone";
    }

    internal void AddTo(OptimizerState state)
    {
        for (int i = 0; i < _scales.Length; i++)
            state.Add($"{Layers[i].Incoming.Name}.{_prefix}_scale", _scales[i]);
        state.Add($"{_prefix}_replaced_units", ReplacedCount);
        state.Tensors.Add($"{_prefix}_generator", _generator.Tensor);
    }

    internal void LoadFrom(OptimizerState state)
    {
        for (int i = 0; i < _scales.Length; i++)
            _scales[i] = state.Numbers[$"{Layers[i].Incoming.Name}.{_prefix}_scale"];
        ReplacedCount = (long)state.Numbers[$"{_prefix}_replaced_units"];
    }

    /// <summary>Fresh weights keep their size relative to the layer's where the layer was rescaled.</summary>
    internal void Transport(StateTransport transport)
    {
        for (int i = 0; i < _scales.Length; i++)
            _scales[i] *= Scale.Growth(transport, Layers[i].Incoming);
    }
}
