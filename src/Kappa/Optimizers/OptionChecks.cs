using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>Checks of settings; each error names the property, what it got and what it takes.</summary>
internal static class OptionChecks
{
    /// <summary>The smallest number in single precision that has all digits.</summary>
    internal const double SmallestSingle = 1.1754943508222875e-38;

    private const double SmallestDouble = 2.2250738585072014e-308;

    /// <summary>The largest number of a type.</summary>
    internal static double Largest(DataType type) => type == DataType.Float32 ? float.MaxValue : double.MaxValue;

    /// <summary>The type that settings must fit: single precision where a parameter has it.</summary>
    internal static DataType Narrowest(IReadOnlyList<Parameter> parameters) =>
        parameters.Any(parameter => parameter.Tensor.DataType == DataType.Float32) ? DataType.Float32 : DataType.Float64;

    /// <summary>Checks that a setting keeps its digits in the type of the parameters it is used with; zero does.</summary>
    internal static double Fits(double value, string property, DataType type)
    {
        double smallest = type == DataType.Float32 ? SmallestSingle : SmallestDouble;
        return value == 0 || (value >= smallest && value <= Largest(type))
            ? value
            : throw new ArgumentOutOfRangeException(
                property, value, $"{property} takes 0, or a number from {smallest} to {Largest(type)}, with parameters in {type}; got {value}");
    }

    /// <summary>Checks an epsilon beside the root of a mean square against the type of the parameters.</summary>
    /// <param name="value">The setting.</param>
    /// <param name="property">Its name.</param>
    /// <param name="type">The type of the parameters.</param>
    /// <param name="smallest">What works: below, epsilon is zero or short of digits, or the square that it stands beside vanishes first.</param>
    internal static double Epsilon(double value, string property, DataType type, double smallest) => value >= smallest
        ? value
        : throw new ArgumentOutOfRangeException(property, value, $"{property} takes {smallest} or more with parameters in {type}; got {value}");

    internal static double NotNegative(double value, string property) => NumberChecks.NotNegative(value, property);

    internal static double Positive(double value, string property) => NumberChecks.Positive(value, property);

    internal static double BelowOne(double value, string property) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(property, value, $"{property} takes a number from 0 up to, but not including, 1; got {value}");

    internal static void Defined<TEnum>(TEnum value, string property)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentOutOfRangeException(property, value, $"{property} takes one of {string.Join(", ", Enum.GetNames<TEnum>())}; got {value}");
    }
}
