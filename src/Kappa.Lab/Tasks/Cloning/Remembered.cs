using System.Collections.Concurrent;

namespace Kappa.Lab.Tasks.Cloning;

/// <summary>What takes long to make and is the same for equal keys: made once, by whoever asks first.</summary>
internal sealed class Remembered<TKey, TValue>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<TValue>> _values = new();

    /// <summary>The value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="cancellation">Cancels making it, or waiting for who makes it.</param>
    internal TValue Of(TKey key, Func<TKey, TValue> make, CancellationToken cancellation)
    {
        while (true)
        {
            var value = _values.GetOrAdd(key, given => new Lazy<TValue>(() => make(given)));
            try
            {
                return value.Value;
            }
            catch (OperationCanceledException)
            {
                // Whoever made it was stopped; that is nothing to keep.
                _ = _values.TryRemove(KeyValuePair.Create(key, value));
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
