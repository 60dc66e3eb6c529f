using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>
/// The layers of one <see cref="DoPr"/>. When the first of them needs the factor of its small dual system, those of all are computed, a layer to a
/// processor: one of 128 rows is too small to be shared out. Layers that saw the same input share S and its factor. The bits do not depend on either.
/// </summary>
internal sealed class LayerGroup
{
    private readonly List<DualForm> _layers = [];
    private readonly List<DualForm> _waiting = [];
    private readonly Action<int> _form;

    internal LayerGroup() => _form = index => _waiting[index].Form();

    /// <summary>The sums over inputs of the backward pass at hand.</summary>
    internal InputSums Sums { get; } = new();

    /// <summary>The second moments of all layers.</summary>
    internal List<SecondMoment> Moments { get; } = [];

    internal void Add(DualForm layer) => _layers.Add(layer);

    /// <summary>Factors what a layer asks for, and with it what small layers wait for.</summary>
    internal void FactorDual(DualForm asking)
    {
        asking.Prepare();
        _waiting.Add(asking);
        if (asking.IsSmall)
        {
            foreach (var layer in _layers)
            {
                if (layer.IsSmall && layer.Waits && layer.Device == asking.Device && !_waiting.Exists(layer.IsSameAs))
                {
                    layer.Prepare();
                    _waiting.Add(layer);
                }
            }
        }

        ComputeThreads.ForEach(asking.Device, _waiting.Count, _form);
        var systems = _waiting.FindAll(layer => layer.Matrix is not null);
        int[] badPivots = asking.Device.Backend.CholeskyFactors([.. systems.Select(layer => layer.Matrix!)]);
        for (int i = 0; i < badPivots.Length; i++)
            systems[i].NoteFactor(badPivots[i]);
        foreach (var layer in _layers)
        {
            if (layer.Waits && _waiting.Find(layer.IsSameAs) is { } same)
                layer.Share(same);
        }

        _waiting.Clear();
    }
}
