namespace Kappa.Tables.Results;

/// <summary>What is known of a table.</summary>
/// <param name="Description">What stands in it.</param>
/// <param name="Features">Columns beside the target.</param>
/// <param name="Training">Training rows.</param>
/// <param name="Validation">Validation rows.</param>
/// <param name="Test">Test rows.</param>
/// <param name="Condition">The condition number of the covariance of the standardised training rows of the first seed.</param>
/// <param name="Best">What the function that made the rows scores on the test rows, for each seed: no method can do better but by chance.</param>
internal sealed record TableFacts(
    string Description, int Features, int Training, int Validation, int Test, double Condition, IReadOnlyDictionary<string, IReadOnlyList<double>> Best);
