using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>Checks of settings; each error names the property, what it got and what it takes.</summary>
internal static class OptionChecks
{
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
