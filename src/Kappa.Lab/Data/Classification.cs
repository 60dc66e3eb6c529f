using System.Numerics.Tensors;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Lab.Data;

/// <summary>What a classifier gets right.</summary>
internal static class Classification
{
    /// <summary>The number of rows whose largest output is their label.</summary>
    /// <param name="logits"><c>[rows, classes]</c>, float32.</param>
    /// <param name="labels">Int32, one for each row.</param>
    internal static int CountRight(Tensor logits, Tensor labels) => CountRight(logits, labels.ReadOnlyValues<int>());

    /// <inheritdoc cref="CountRight(Tensor, Tensor)"/>
    internal static int CountRight(Tensor logits, ReadOnlySpan<int> labels)
    {
        ReadOnlySpan<float> values = logits.ReadOnlyValues<float>();
        int classes = logits.Shape[1], right = 0;
        for (int row = 0; row < labels.Length; row++)
            right += TensorPrimitives.IndexOfMax(values.Slice(row * classes, classes)) == labels[row] ? 1 : 0;
        return right;
    }
}
