namespace Kappa.Data.Tables;

/// <summary>What a <see cref="TableEncoder"/> makes of a missing value.</summary>
public enum MissingPolicy
{
    /// <summary>The mean of the column (of categories: none of them), and a 1 in a feature that says so, where training rows miss values. Where none does, a
    /// later row that does is what <see cref="TableEncoderOptions.MissingLater"/> says.</summary>
    MeanAndIndicator,

    /// <summary>An error that names column and row.</summary>
    Error,
}
