using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Differentiation;

/// <summary>A tensor whose values somebody goes on to read, and what they were when this was made.</summary>
/// <param name="tensor">The tensor.</param>
/// <param name="neededFor">The input whose gradient they are read for; null for any.</param>
internal readonly struct SavedValue(Tensor tensor, Tensor? neededFor = null)
{
    private readonly StorageMark _mark = tensor.Storage.Mark();

    internal Tensor Tensor => tensor;

    internal Tensor? NeededFor => neededFor;

    /// <summary>Whether the values are others now. Of a tensor that was given back nobody knows: whoever reads it finds out.</summary>
    internal bool IsChanged => !tensor.IsReleased && !tensor.Storage.IsStill(_mark);
}
