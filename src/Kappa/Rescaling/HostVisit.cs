using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Rescaling;

/// <summary>A model's stay on the host, where units are found and scaled: it takes milliseconds there, and moves each parameter once either way.</summary>
internal sealed class HostVisit : IDisposable
{
    private readonly Module _model;
    private readonly Device? _home;

    private HostVisit(Module model)
    {
        _model = model;
        _home = model.Parameters() is [var first, ..] ? first.Tensor.Device : null;
        if (_home is { IsHost: false })
            _ = model.To(Device.Cpu);
    }

    /// <summary>Begins it. Dispose the result to send the model back to where it was.</summary>
    internal static HostVisit Of(Module model) => new(model);

    public void Dispose()
    {
        if (_home is { IsHost: false })
            _ = _model.To(_home);
    }
}
