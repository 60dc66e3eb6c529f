namespace Kappa.Lab.Tasks.Control;

/// <summary>Two policies that validation loss ranks the wrong way round.</summary>
/// <param name="FragileValidationLoss">Expected validation loss of the policy that looks better: its errors lie where the demonstrations hardly vary.</param>
/// <param name="RobustValidationLoss">Expected validation loss of the policy that looks worse: its errors lie where the demonstrations vary most.</param>
/// <param name="Horizons">Steps of deployment, 1 and up.</param>
/// <param name="FragileCosts">Closed-loop cost of the first over the demonstrator's, one for each horizon.</param>
/// <param name="RobustCosts">Closed-loop cost of the second over the demonstrator's, one for each horizon.</param>
/// <param name="Sentence">The same in plain words, with the figures.</param>
public sealed record PolicyPair(
    double FragileValidationLoss,
    double RobustValidationLoss,
    IReadOnlyList<double> Horizons,
    IReadOnlyList<double> FragileCosts,
    IReadOnlyList<double> RobustCosts,
    string Sentence);
