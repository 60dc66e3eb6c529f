using Kappa.Tensors.Kernels;

namespace Kappa.Preconditioning;

/// <summary>
/// The layers of one <see cref="DoPr"/>. When the first of them needs the factor of its small dual system, those of all are computed, a layer to a
/// processor: one of 128 rows is too small to be shared out. Layers that saw the same input share S and its factor. The bits do not depend on either.
/// </summary>
internal sealed class LayerGroup
{
    private readonly List<LayerPreconditioner> _layers = [];
    private readonly List<LayerPreconditioner> _waiting = [];
    private readonly Action<int> _factor;

    internal LayerGroup() => _factor = index => _waiting[index].FactorDual();

    /// <summary>The sums over inputs of the backward pass at hand.</summary>
    internal InputSums Sums { get; } = new();

    /// <summary>The second moments of all layers.</summary>
    internal List<SecondMoment> Moments { get; } = [];

    internal void Add(LayerPreconditioner layer) => _layers.Add(layer);

    /// <summary>Factors what a layer asks for, and with it what small layers wait for.</summary>
    internal void FactorDual(LayerPreconditioner asking)
    {
        asking.PrepareDual();
        _waiting.Add(asking);
        if (asking.IsSmall)
        {
            foreach (var layer in _layers)
            {
                if (layer.IsSmall && layer.WaitsForDual && !_waiting.Exists(layer.HasSameDual))
                {
                    layer.PrepareDual();
                    _waiting.Add(layer);
                }
            }

            Backend.Current.RunIndependently(_waiting.Count, _factor);
        }
        else
        {
            asking.FactorDual();
        }

        foreach (var layer in _layers)
        {
            if (layer.WaitsForDual && _waiting.Find(layer.HasSameDual) is { } same)
                layer.ShareDual(same);
        }

        _waiting.Clear();
    }
}
