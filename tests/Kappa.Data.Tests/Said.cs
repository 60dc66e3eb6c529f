namespace Kappa.Data.Tests;

/// <summary>Takes progress on the thread that reports it.</summary>
internal sealed class Said<T>(Action<T> take) : IProgress<T>
{
    public void Report(T value) => take(value);
}
