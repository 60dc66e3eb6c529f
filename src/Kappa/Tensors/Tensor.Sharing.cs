namespace Kappa.Tensors;

/// <content>Memory that belongs to others.</content>
public sealed partial class Tensor
{
    /// <summary>Looks at the memory of another tensor from here on, and gives its own back. Whoever holds this tensor goes on holding it.</summary>
    /// <exception cref="TensorShapeException">The other one has another shape or type.</exception>
    internal void ShareMemoryOf(Tensor other)
    {
        if (other.Shape != Shape || other.DataType != DataType)
            throw new TensorShapeException($"{Name ?? "the tensor"} is {Shape} {DataType}, and the memory to share {other.Shape} {other.DataType}");
        var (before, storage) = (Storage, other.Storage);
        storage.AddReference();
        (_storage, _start, Device) = (storage, other._start, other.Device);
        before.Release();
    }

    /// <summary>Takes a tensor as the memory of this leaf's gradient, which somebody else computed.</summary>
    /// <param name="gradient">Of this tensor's shape; null for none.</param>
    /// <param name="holdsShare">Whether its values count. Otherwise the observer forms the whole gradient.</param>
    internal void AdoptGradient(Tensor? gradient, bool holdsShare)
    {
        (_gradient, _hasGradient) = (gradient, gradient is not null && holdsShare);
        _gradientIsIncomplete = gradient is not null && Observer is not null;
    }
}
