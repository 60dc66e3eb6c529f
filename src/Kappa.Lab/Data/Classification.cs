using System.Numerics.Tensors;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Lab.Data;

/// <summary>What a classifier gets right.</summary>
internal static class Classification
{
    /// <summary>The number of rows whose largest output is their label.</summary>
    /// <param name="logits"><c>[rows, classes]</c>, float32.</param>
    /// <param name="labels">Int32, one for each row.</param>
    /// <exception cref="NonFiniteException">The largest output of a row is NaN or infinite; the message names the row and the class.</exception>
    internal static int CountRight(Tensor logits, Tensor labels) => CountRight(logits, labels.ReadOnlyValues<int>());

    /// <inheritdoc cref="CountRight(Tensor, Tensor)"/>
    internal static int CountRight(Tensor logits, ReadOnlySpan<int> labels)
    {
        ReadOnlySpan<float> values = logits.ReadOnlyValues<float>();
        int classes = logits.Shape[1], right = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            var outputs = values.Slice(row * classes, classes);
            // The index of the first NaN where there is one, which would count as an answer.
            int largest = TensorPrimitives.IndexOfMax(outputs);
            if (!float.IsFinite(outputs[largest]))
            {
                throw new NonFiniteException(
                    $"the output {logits.Shape} of the model holds {outputs[largest]} at index [{row}, {largest}], so that there is no likeliest class");
            }
            right += largest == labels[row] ? 1 : 0;
        }

        return right;
    }
}
