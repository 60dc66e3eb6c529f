namespace Kappa.Tensors.Memory;

/// <summary>Pooled working memory of one kernel call.</summary>
internal readonly unsafe ref struct Scratch<T>
    where T : unmanaged
{
    private readonly HostStorage _storage;
    private readonly int _length;

    private Scratch(HostStorage storage, int length)
    {
        _storage = storage;
        _length = length;
    }

    internal Span<T> Span => new(_storage.Pointer, _length);

    /// <summary>Memory for so many elements.</summary>
    /// <exception cref="TensorShapeException">They are more than one block holds.</exception>
    internal static Scratch<T> Rent(long length)
    {
        var storage = StoragePool.Rent(checked(length * sizeof(T)));
        return new(storage, (int)length);
    }

    public void Dispose() => _storage.Release();
}
