namespace Kappa.Tables;

/// <summary>How large the study is.</summary>
internal sealed record StudySettings
{
    /// <summary>Rows of a table: three fifths to train on, a fifth to choose by, a fifth to report.</summary>
    public int Rows { get; init; } = 20_000;

    /// <summary>Draws of the rows, each with an initialisation and an order of batches of its own.</summary>
    public int Seeds { get; init; } = 5;

    /// <summary>The first of them, by whose validation rows settings are chosen.</summary>
    public int TuningSeeds { get; init; } = 2;

    /// <summary>Passes over the training rows of every network; the parameters after the pass with the lowest validation loss are kept.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Rows in a batch.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>The widths of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [128, 128];

    /// <summary>The most trees of a boosted model; it stops where fifty more did not help on the validation rows.</summary>
    public int Trees { get; init; } = 2000;

    internal static StudySettings Short { get; } = new();

    /// <summary>Hours on two cores.</summary>
    internal static StudySettings Full { get; } = new()
    {
        Rows = 100_000, Seeds = 10, TuningSeeds = 5, Epochs = 40, Hidden = [256, 256], Trees = 5000,
    };
}
