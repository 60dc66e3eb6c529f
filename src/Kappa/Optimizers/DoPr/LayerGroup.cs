using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>
/// The layers of one <see cref="DoPr"/>. When the first of them needs the factor of its small dual system, those of all are computed, a layer to a
/// processor: one of 128 rows is too small to be shared out. The bits do not depend on that.
/// </summary>
internal sealed class LayerGroup
{
    private readonly List<LayerPreconditioner> _layers = [];
    private readonly List<LayerPreconditioner> _waiting = [];
    private readonly Action<int> _factor;

    internal LayerGroup() => _factor = index => _waiting[index].FactorDual();

    internal void Add(LayerPreconditioner layer) => _layers.Add(layer);

    /// <summary>Factors what a layer asks for, and with it what small layers wait for.</summary>
    internal void FactorDual(LayerPreconditioner asking)
    {
        asking.PrepareDual();
        if (!asking.IsSmall)
        {
            asking.FactorDual();
            return;
        }

        _waiting.Add(asking);
        foreach (var layer in _layers)
        {
            if (layer.IsSmall && layer.WaitsForDual)
            {
                layer.PrepareDual();
                _waiting.Add(layer);
            }
        }

        Backend.Current.RunIndependently(_waiting.Count, _factor);
        _waiting.Clear();
    }
}
