namespace Kappa.Tables.Results;

/// <summary>What one method did on one table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsControl">Whether it stands beside the comparison.</param>
/// <param name="Chosen">The settings with the lowest mean validation loss over the tuning seeds.</param>
/// <param name="Swept">Every value that was tried of each.</param>
/// <param name="Configurations">How many settings were tried.</param>
/// <param name="AtEnds">What was chosen at an end of its values although the sweep may grow: nothing, unless a bound was met.</param>
/// <param name="ValidationLoss">For each seed.</param>
/// <param name="Seconds">Processor seconds of one training on one thread, validation included, for each seed.</param>
/// <param name="Scores">By shift of the test rows, then by metric, for each seed.</param>
internal sealed record MethodResult(
    string Name, bool IsControl, IReadOnlyDictionary<string, double> Chosen, IReadOnlyDictionary<string, IReadOnlyList<double>> Swept, int Configurations,
    IReadOnlyList<string> AtEnds, IReadOnlyList<double> ValidationLoss, IReadOnlyList<double> Seconds,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, IReadOnlyList<double>>> Scores);
