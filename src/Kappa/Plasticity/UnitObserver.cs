using Kappa.Tensors;
using Kappa.Tensors.Differentiation;

namespace Kappa.Plasticity;

/// <summary>Measures the mean magnitude of the activations of one hidden layer: they are the inputs of its outgoing weight, and are seen while gradients flow.</summary>
internal sealed class UnitObserver : IWeightObserver
{
    private readonly HiddenLayer _layer;
    private readonly double[] _sums;
    private long _samples;

    internal UnitObserver(HiddenLayer layer)
    {
        _layer = layer;
        _sums = new double[layer.Units];
    }

    /// <summary>Whether to measure; nothing is computed while this is false.</summary>
    internal bool IsActive { get; set; } = true;

    /// <inheritdoc/>
    public bool ChangesGradient => false;

    /// <inheritdoc/>
    public bool Observe(Tensor weight, Tensor input, Tensor outputGradient)
    {
        Add(input);
        return false;
    }

    /// <inheritdoc/>
    public bool ObserveConvolution(Tensor weight, ConvolutionUse use)
    {
        Add(use.Input);
        return false;
    }

    /// <inheritdoc/>
    public void ObserveRows(Tensor weight, Tensor indices)
    {
    }

    /// <inheritdoc/>
    public void CompleteGradient(Tensor weight)
    {
    }

    /// <inheritdoc/>
    public void Reset(Tensor weight) => Forget();

    internal static UnitObserver[] Attach(IReadOnlyList<HiddenLayer> layers)
    {
        UnitObserver[] observers = [.. layers.Select(layer => new UnitObserver(layer))];
        foreach (var observer in observers)
            observer._layer.Outgoing.Tensor.AddObserver(observer);
        return observers;
    }

    internal void Detach()
    {
        _layer.Outgoing.Tensor.RemoveObserver(this);
        Forget();
    }

    /// <summary>The mean of |h| over samples and positions since gradients were last cleared, for each unit; null where nothing was seen.</summary>
    internal double[]? MeanMagnitudes() => _samples == 0 ? null : [.. _sums.Select(sum => sum / _samples)];

    private void Forget()
    {
        Array.Clear(_sums);
        _samples = 0;
    }

    private void Add(Tensor activations)
    {
        if (!IsActive)
            return;
        using var scope = TensorScope.Begin();
        double[] sums = UnitSums.OfMagnitudes(activations, _layer.Units);
        for (int i = 0; i < sums.Length; i++)
            _sums[i] += sums[i];
        _samples += activations.Count / _layer.Units;
    }
}
