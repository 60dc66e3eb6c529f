namespace Kappa.Tensors.Differentiation;

/// <summary>Whether operations on this thread are recorded for differentiation.</summary>
internal static class Recording
{
    [ThreadStatic]
    private static int _paused;

    internal static bool IsActive => _paused == 0;

    internal static void Pause() => _paused++;

    internal static void Resume() => _paused--;

    /// <summary>Records even where recording is paused.</summary>
    /// <returns>What <see cref="Restore"/> takes.</returns>
    internal static int Start()
    {
        int paused = _paused;
        _paused = 0;
        return paused;
    }

    internal static void Restore(int paused) => _paused = paused;

    /// <summary>Whether an operation on these inputs must be recorded.</summary>
    internal static bool Needed(Tensor first) => _paused == 0 && first.RequiresGradient;

    /// <inheritdoc cref="Needed(Tensor)"/>
    internal static bool Needed(Tensor first, Tensor second) => _paused == 0 && (first.RequiresGradient || second.RequiresGradient);

    /// <inheritdoc cref="Needed(Tensor)"/>
    internal static bool Needed(Tensor first, Tensor second, Tensor? third) =>
        _paused == 0 && (first.RequiresGradient || second.RequiresGradient || third is { RequiresGradient: true });
}
