namespace Kappa.Data.Tables;

/// <summary>What a <see cref="TableEncoder"/> makes of a missing value in a column that no training row misses.</summary>
public enum LaterMissingPolicy
{
    /// <summary>An error that names column and row: the model cannot know what a missing value means.</summary>
    Error,

    /// <summary>The mean of the training rows; of categories, none of the known ones. It is said once for each column.</summary>
    Mean,
}
