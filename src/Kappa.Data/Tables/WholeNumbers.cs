namespace Kappa.Data.Tables;

/// <summary>Which integers a double holds.</summary>
internal static class WholeNumbers
{
    /// <summary>What is said of one that it may not hold.</summary>
    internal const string Inexact = "is not below 2^53, where integers lose their last digits; an identifier is better read as text or categories, or left out";

    /// <summary>Whether an integer that became this number is surely the same.</summary>
    internal static bool IsExact(double number) => Math.Abs(number) < 1L << 53;
}
