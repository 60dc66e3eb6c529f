namespace Kappa.Data.Tables;

/// <summary>What a <see cref="TableEncoder"/> makes of a column that has one value in all training rows, from which nothing can be learnt.</summary>
public enum ConstantPolicy
{
    /// <summary>It is left out, and that is said.</summary>
    Drop,

    /// <summary>Its feature is 0, whatever stands in it later, and that is said.</summary>
    Zero,

    /// <summary>An error that names it.</summary>
    Error,
}
