using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;

namespace Kappa.Plasticity;

/// <summary>The hidden units of a model, watched while gradients flow, and replaced where a method says so.</summary>
internal sealed class WatchedUnits : IDisposable
{
    private readonly Optimizer _optimizer;
    private readonly Philox _generator;
    private readonly UnitObserver[] _observers;
    private readonly double[] _scales;

    /// <summary>Finds the units and begins to watch them.</summary>
    /// <param name="optimizer">Whose moments are cleared for units that are replaced.</param>
    /// <param name="model">The model; it holds its initial values now.</param>
    /// <param name="generator">Where fresh weights come from: they depend on it, the step, the layer's name and the unit alone.</param>
    /// <param name="method">Who asks, for messages.</param>
    /// <exception cref="ArgumentException">The model is not a chain of layers with hidden units, or its weights are watched already.</exception>
    internal WatchedUnits(Optimizer optimizer, Module model, Philox generator, string method)
    {
        (_optimizer, _generator) = (optimizer, generator);
        Layers = HiddenLayers.Of(model, method);
        _scales = [.. Layers.Select(layer => Scale.RootMeanSquare(layer.Incoming.Tensor))];
        _observers = UnitObserver.Attach(Layers, method);
    }

    internal IReadOnlyList<HiddenLayer> Layers { get; }

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
    /// <param name="step">The step's index.</param>
    /// <param name="choose">Which, given the layer's index and the mean magnitude of each of its units.</param>
    internal void Replace(long step, Func<int, double[], int[]> choose)
    {
        for (int i = 0; i < Layers.Count; i++)
        {
            if (_observers[i].MeanMagnitudes() is not { } magnitudes)
                continue;
            int[] units = choose(i, magnitudes);
            if (units.Length == 0)
                continue;
            UnitReplacement.Replace(Layers[i], units, _scales[i], _optimizer, _generator.Split(step).Split(Layers[i].Incoming.Name));
            ReplacedCount += units.Length;
        }
    }

    internal void AddTo(OptimizerState state)
    {
        for (int i = 0; i < _scales.Length; i++)
            state.Add($"{Layers[i].Incoming.Name}.initial_scale", _scales[i]);
        state.Add("replaced_units", ReplacedCount);
    }

    internal void LoadFrom(OptimizerState state)
    {
        for (int i = 0; i < _scales.Length; i++)
            _scales[i] = state.Numbers[$"{Layers[i].Incoming.Name}.initial_scale"];
        ReplacedCount = (long)state.Numbers["replaced_units"];
    }

    /// <summary>Fresh weights keep their size relative to the layer's where the layer was rescaled.</summary>
    internal void Transport(StateTransport transport)
    {
        for (int i = 0; i < _scales.Length; i++)
            _scales[i] *= Scale.Growth(transport, Layers[i].Incoming);
    }
}
