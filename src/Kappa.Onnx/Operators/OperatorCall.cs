using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>One run of an operator.</summary>
/// <param name="Inputs">Its inputs; null where an optional one is left out.</param>
/// <param name="IsTraining">Whether the module is in training mode.</param>
/// <param name="MostElements">The most elements that a result made of nothing but a shape may have.</param>
internal readonly record struct OperatorCall(Value?[] Inputs, bool IsTraining, long MostElements)
{
    internal bool Has(int input) => input < Inputs.Length && Inputs[input] is not null;

    internal Value Any(int input) => Inputs[input]!;

    /// <summary>An input of floating-point numbers.</summary>
    internal Tensor Tensor(int input) => Inputs[input] is Numbers numbers
        ? numbers.Tensor
        : throw new TensorShapeException($"input {input} holds {Inputs[input]!.Kind}; expected floating-point numbers");

    /// <summary>An input of integers or truth values.</summary>
    internal Integers Integers(int input) => Inputs[input] as Integers
        ?? throw new TensorShapeException($"input {input} holds {Inputs[input]!.Kind}; expected integers");

    /// <summary>An input that is a list of small integers, such as axes or lengths.</summary>
    internal int[] List(int input)
    {
        var values = Integers(input);
        if (values.Shape.Rank > 1)
            throw new TensorShapeException($"input {input} is {values.Shape}; expected a list of integers");
        return Array.ConvertAll(values.Values, Narrow);
    }

    /// <summary>The single element of an input of integers.</summary>
    internal long Single(int input)
    {
        var values = Integers(input);
        return values.Values.Length == 1 ? values.Values[0] : throw new TensorShapeException($"input {input} is {values.Shape}; expected one integer");
    }

    /// <summary>Checks a result's size before it is made.</summary>
    internal Shape Bounded(ReadOnlySpan<long> lengths)
    {
        Int128 count = 1;
        foreach (long length in lengths)
        {
            if (length < 0)
                throw new TensorShapeException($"the result would have an axis of length {length}; lengths are zero or more");
            count *= length;
        }

        if (count > MostElements)
            throw new TensorShapeException($"the result [{string.Join(", ", lengths.ToArray())}] would have {count} elements; at most {MostElements} are "
                + $"made here");
        return new Shape(Array.ConvertAll(lengths.ToArray(), length => (int)length));
    }

    /// <summary>An integer that a list of axes, lengths or places holds. Ends beyond the range of Int32 mean the end of the axis.</summary>
    private static int Narrow(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);
}
