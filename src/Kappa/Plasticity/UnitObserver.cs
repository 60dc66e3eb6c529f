using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>Measures the mean magnitude of the activations of one hidden layer: they are the inputs of its outgoing weights, and are seen while gradients
/// flow.</summary>
internal sealed class UnitObserver : IWeightObserver
{
    private readonly WatchedLayer _layer;
    private readonly double[] _sums;
    private readonly long[] _samples;

    internal UnitObserver(WatchedLayer layer)
    {
        _layer = layer;
        _sums = new double[layer.Units];
        _samples = new long[layer.Units];
    }

    /// <summary>Whether to measure; nothing is computed while this is false.</summary>
    internal bool IsActive { get; set; } = true;

    /// <inheritdoc/>
    public bool ChangesGradient => false;

    /// <inheritdoc/>
    public bool Observe(WeightUse use)
    {
        if (use is LinearUse linear)
            Add(use.Weight, linear.Input);
        else if (use is ConvolutionUse convolution)
            Add(use.Weight, convolution.Input);
        return false;
    }

    /// <inheritdoc/>
    public void CompleteGradient(Tensor weight)
    {
    }

    /// <inheritdoc/>
    public void Reset(Tensor weight) => Forget();

    internal static UnitObserver[] Attach(IReadOnlyList<WatchedLayer> layers)
    {
        UnitObserver[] observers = [.. layers.Select(layer => new UnitObserver(layer))];
        foreach (var observer in observers)
        {
            foreach (var columns in observer._layer.Columns)
                columns.Weight.AddObserver(observer);
        }

        return observers;
    }

    internal void Detach()
    {
        foreach (var columns in _layer.Columns)
            columns.Weight.RemoveObserver(this);
        Forget();
    }

    /// <summary>The mean of |h| over samples and positions since gradients were last cleared, for each unit; null where one was not seen.</summary>
    internal double[]? MeanMagnitudes() => _samples.Contains(0) ? null : [.. _sums.Select((sum, unit) => sum / _samples[unit])];

    private void Forget()
    {
        Array.Clear(_sums);
        Array.Clear(_samples);
    }

    private void Add(Tensor weight, Tensor activations)
    {
        if (!IsActive || activations.Count == 0)
            return;
        using var scope = TensorScope.Begin();
        var columns = _layer.Columns.First(columns => columns.Weight == weight);
        double[] sums = columns.SumsOfMagnitudes(activations);
        long rows = activations.Count / columns.Inputs;
        for (int i = 0; i < sums.Length; i++)
        {
            _sums[i] += sums[i];
            _samples[i] += rows * columns.InputsOf(i);
        }
    }
}
