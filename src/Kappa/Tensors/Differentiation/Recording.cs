namespace Kappa.Tensors.Differentiation;

/// <summary>Whether operations on this thread are recorded for differentiation.</summary>
internal static class Recording
{
    [ThreadStatic]
    private static PauseCount? _pauses;

    internal static bool IsActive => _pauses is not { IsPaused: true };

    internal static PauseCount Pause()
    {
        var pauses = _pauses ??= new PauseCount();
        pauses.Pause();
        return pauses;
    }

    internal static void Resume() => _pauses!.Resume();

    /// <summary>Records even where recording is paused.</summary>
    /// <returns>What <see cref="Restore"/> takes.</returns>
    internal static int Start() => _pauses?.Clear() ?? 0;

    internal static void Restore(int paused) => _pauses?.Add(paused);

    /// <summary>Whether an operation on these inputs must be recorded.</summary>
    internal static bool Needed(Tensor first) => first.RequiresGradient && IsActive;

    /// <inheritdoc cref="Needed(Tensor)"/>
    internal static bool Needed(Tensor first, Tensor second) => (first.RequiresGradient || second.RequiresGradient) && IsActive;

    /// <inheritdoc cref="Needed(Tensor)"/>
    internal static bool Needed(Tensor first, Tensor second, Tensor? third) =>
        (first.RequiresGradient || second.RequiresGradient || third is { RequiresGradient: true }) && IsActive;

    /// <summary>How often recording was paused on one thread. Another thread may end a pause that was carried to it.</summary>
    internal sealed class PauseCount
    {
        private int _count;

        internal bool IsPaused => Volatile.Read(ref _count) > 0;

        internal void Pause() => Interlocked.Increment(ref _count);

        internal void Resume() => Interlocked.Decrement(ref _count);

        internal int Clear() => Interlocked.Exchange(ref _count, 0);

        internal void Add(int count) => Interlocked.Add(ref _count, count);
    }
}
