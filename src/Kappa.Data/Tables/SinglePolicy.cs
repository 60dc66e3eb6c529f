namespace Kappa.Data.Tables;

/// <summary>What a stratified split makes of a class with a single example, which cannot stand on both sides.</summary>
public enum SinglePolicy
{
    /// <summary>An error that names it.</summary>
    Error,

    /// <summary>It is trained on.</summary>
    Training,
}
