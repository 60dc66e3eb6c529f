namespace Kappa.Data.Tables;

/// <summary>What a <see cref="TableEncoder"/> makes of a category that no training row has.</summary>
public enum UnseenPolicy
{
    /// <summary>An error that names column, row and category.</summary>
    Error,

    /// <summary>None of the known ones: all its features are 0. Each is said once.</summary>
    Other,
}
