namespace Kappa.Lab.Data;

/// <summary>Examples to learn from: a known number of rows, each an input and a target of a fixed shape. Safe to read from several threads.</summary>
public interface IDataSet
{
    /// <summary>The number of examples; rows are 0 to Count - 1.</summary>
    int Count { get; }

    /// <summary>The shape of one input, such as <c>[1, 28, 28]</c>; batches have one more axis in front.</summary>
    Shape InputShape { get; }

    /// <summary>The element type of inputs.</summary>
    DataType InputType { get; }

    /// <summary>The shape of one target, such as <c>[]</c> for a label; batches have one more axis in front.</summary>
    Shape TargetShape { get; }

    /// <summary>The element type of targets.</summary>
    DataType TargetType { get; }

    /// <summary>Copies some examples, in the order given.</summary>
    /// <param name="rows">Which examples, each 0 to Count - 1; the same one may come twice.</param>
    /// <param name="inputs">Overwritten: <c>[rows, ..InputShape]</c> of <see cref="InputType"/>.</param>
    /// <param name="targets">Overwritten: <c>[rows, ..TargetShape]</c> of <see cref="TargetType"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row does not exist; the message names its position.</exception>
    /// <exception cref="TensorShapeException">A tensor has another shape or type.</exception>
    void Copy(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets);
}
