using System.Numerics.Tensors;
using Kappa.Tensors;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Rescaling;

/// <summary>Float64 values times a power of two: squares multiply over the depth of a network, and would leave the range of a double.</summary>
internal readonly record struct Scaled(Tensor Values, int Exponent)
{
    private const double Large = 1e60;

    /// <summary>Brings the largest value near 1 where it is far from it. The division by a power of two is exact.</summary>
    internal static Scaled Of(Tensor values, int exponent)
    {
        var span = values.ReadOnlyValues<double>();
        int shift = ShiftOf(span.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude<double>(span)));
        if (shift != 0)
            Shift(values, -shift);
        return new(values, exponent + shift);
    }

    /// <summary>The power of two to divide by where the largest value is far from 1; 0 where it is not.</summary>
    internal static int ShiftOf(double largest) => largest is 0 or (> 1 / Large and < Large) ? 0 : Math.ILogB(largest);

    /// <summary>The larger of two exponents, where zeros have none.</summary>
    internal static int CommonExponent(Scaled a, Scaled b) => a.IsZero ? b.Exponent : b.IsZero ? a.Exponent : Math.Max(a.Exponent, b.Exponent);

    internal bool IsZero => !Values.ReadOnlyValues<double>().ContainsAnyExcept(0.0);

    /// <summary>The values under another exponent: the same tensor where it is its own, otherwise a new one.</summary>
    internal Tensor At(int exponent)
    {
        if (exponent == Exponent)
            return Values;
        var result = Values.Clone();
        Shift(result, Exponent - exponent);
        return result;
    }

    public static Scaled operator +(Scaled a, Scaled b)
    {
        int exponent = CommonExponent(a, b);
        return Of(a.At(exponent) + b.At(exponent), exponent);
    }

    /// <summary>One tensor of the values of several, one after the other.</summary>
    internal static Tensor Join(Shape shape, IEnumerable<Tensor> parts)
    {
        var result = Tensor.Uninitialized(shape, DataType.Float64);
        var rest = result.WritableValues<double>();
        foreach (var part in parts)
        {
            part.ReadOnlyValues<double>().CopyTo(rest);
            rest = rest[part.Count..];
        }

        return result;
    }

    internal static void Shift(Tensor values, int by) => Shift(values.WritableValues<double>(), by);

    internal static void Shift(Span<double> values, int by)
    {
        // In two steps, because 2^by itself may be out of range.
        double half = Math.ScaleB(1, by / 2), rest = Math.ScaleB(1, by - (by / 2));
        TensorPrimitives.Multiply(values, half, values);
        TensorPrimitives.Multiply(values, rest, values);
    }
}
