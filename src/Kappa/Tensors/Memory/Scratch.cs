namespace Kappa.Tensors.Memory;

/// <summary>Pooled working memory of one kernel call.</summary>
internal readonly unsafe ref struct Scratch<T>
    where T : unmanaged
{
    private readonly TensorStorage _storage;
    private readonly int _length;

    private Scratch(TensorStorage storage, int length)
    {
        _storage = storage;
        _length = length;
    }

    internal Span<T> Span => new(_storage.Pointer, _length);

    internal static Scratch<T> Rent(int length) => new(StoragePool.Rent((long)length * sizeof(T)), length);

    public void Dispose() => _storage.Release();
}
