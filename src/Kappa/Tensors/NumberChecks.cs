namespace Kappa.Tensors;

/// <summary>Checks of numbers that a caller gives. NaN and the infinities are never in range.</summary>
internal static class NumberChecks
{
    internal static double NotNegative(double value, string name) => double.IsFinite(value) && value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} takes a finite number of zero or more; got {value}");

    internal static double Positive(double value, string name) => double.IsFinite(value) && value > 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} takes a finite number above zero; got {value}");
}
