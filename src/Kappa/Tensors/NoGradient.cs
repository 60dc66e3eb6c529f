using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors;

/// <summary>Switches recording off on this thread until it is disposed: for evaluation, and for writing to parameters.</summary>
/// <remarks><code>using var _ = NoGradient.Begin();</code></remarks>
public sealed class NoGradient : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
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

    /// <summary>Restores what was before. A second call does nothing.</summary>
    /// <exception cref="InvalidOperationException">Called on another thread than the one that began it, such as after an await.</exception>
    public void Dispose()
    {
        if (_ended)
            return;
        if (_thread != Environment.CurrentManagedThreadId)
            throw new InvalidOperationException("a NoGradient ended on another thread than the one that began it; do not hold one across an await");
        _ended = true;
        Recording.Resume();
    }
}
