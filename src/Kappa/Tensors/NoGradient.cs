using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors;

/// <summary>Switches recording off on this thread until it is disposed: for evaluation, and for writing to parameters.</summary>
/// <remarks><code>using var _ = NoGradient.Begin();</code></remarks>
public sealed class NoGradient : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Recording.PauseCount _pauses;
    private bool _ended;

    private NoGradient(Recording.PauseCount pauses) => _pauses = pauses;

    /// <summary>Switches recording off. Nests.</summary>
    public static NoGradient Begin() => new(Recording.Pause());

    /// <summary>Restores what was before. A second call does nothing.</summary>
    /// <exception cref="InvalidOperationException">Called on another thread than the one that began it, such as after an await. Recording is on again where it
    /// was switched off.</exception>
    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        // On whichever thread: what was switched off would otherwise stay off for all that its thread does later.
        _pauses.Resume();
        int here = Environment.CurrentManagedThreadId;
        if (_thread != here)
        {
            throw new InvalidOperationException(
                $"a NoGradient that began on thread {_thread} ended on thread {here}, as it does across an await: "
                + $"recording was off on thread {_thread} alone, where it is on again, and never off on thread {here}. "
                + "Begin and end it on one thread: between two awaits, not around one");
        }
    }
}
