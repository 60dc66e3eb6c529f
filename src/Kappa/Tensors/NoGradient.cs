using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors;

/// <summary>Switches recording off on this thread until it is disposed: for evaluation, and for writing to parameters.</summary>
/// <remarks><code>using var _ = NoGradient.Begin();</code></remarks>
public sealed class NoGradient : IDisposable
{
    private bool _ended;

    private NoGradient()
    {
    }

    /// <summary>Switches recording off. Nests.</summary>
    public static NoGradient Begin()
    {
        Recording.Pause();
        return new NoGradient();
    }

    /// <summary>Restores what was before.</summary>
    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        Recording.Resume();
    }
}
