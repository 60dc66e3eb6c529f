using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>Sees the input and the output of every module of a forward pass on this thread. While one is there, activations run by themselves.</summary>
internal sealed class ForwardProbe : IDisposable
{
    [ThreadStatic]
    private static ForwardProbe? _current;

    private readonly Action<Module, Tensor, Tensor> _seen;
    private readonly ForwardProbe? _outer;

    private ForwardProbe(Action<Module, Tensor, Tensor> seen, ForwardProbe? outer) => (_seen, _outer) = (seen, outer);

    internal static bool IsActive => _current is not null;

    internal static ForwardProbe Begin(Action<Module, Tensor, Tensor> seen) => _current = new ForwardProbe(seen, _current);

    internal static void Show(Module module, Tensor input, Tensor output)
    {
        for (var probe = _current; probe is not null; probe = probe._outer)
            probe._seen(module, input, output);
    }

    public void Dispose() => _current = _outer;
}
