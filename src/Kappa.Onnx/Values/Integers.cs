namespace Kappa.Onnx.Values;

/// <summary>Integers of any width, or truth values as 0 and 1: indices, masks and the lengths of axes.</summary>
internal sealed record Integers : Value
{
    /// <summary>Makes them.</summary>
    /// <param name="values">The elements, in row-major order; not copied.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="type">The type that the file gives them.</param>
    internal Integers(long[] values, Shape shape, ElementType type = ElementType.Int64) => (Values, Shape, Type) = (values, shape, type);

    internal long[] Values { get; }

    internal override Shape Shape { get; }

    internal ElementType Type { get; }

    /// <summary>The input that they are, as it was given: an operation on it is known to be one on the input. Null for any other.</summary>
    internal Tensor? Source { get; init; }

    internal bool IsCondition => Type == ElementType.Bool;

    internal override string Kind => Type.ToString();

    /// <summary>A list of integers, as the lengths of axes are.</summary>
    internal static Integers List(params long[] values) => new(values, [values.Length]);

    /// <summary>As a tensor of indices.</summary>
    /// <exception cref="TensorShapeException">One is out of the range of Int32.</exception>
    internal Tensor ToTensor() => Tensor.From(Narrow(), Shape);

    /// <summary>As indices.</summary>
    /// <exception cref="TensorShapeException">One is out of the range of Int32.</exception>
    internal int[] Narrow()
    {
        int[] narrow = new int[Values.Length];
        for (int i = 0; i < narrow.Length; i++)
        {
            narrow[i] = Values[i] is >= int.MinValue and <= int.MaxValue
                ? (int)Values[i]
                : throw new TensorShapeException($"the integer {Values[i]} at position {i} is beyond the range of Int32, in which indices are kept");
        }

        return narrow;
    }
}
