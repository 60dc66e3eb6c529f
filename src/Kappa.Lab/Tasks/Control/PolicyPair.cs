namespace Kappa.Lab.Tasks.Control;

/// <summary>Two policies that validation loss ranks the wrong way round: the fragile one looks better, since its errors lie where the demonstrations hardly
/// vary; the robust one's lie where they vary most. With the closed-loop cost of each over the demonstrator's, at horizons 1 and up.</summary>
/// <param name="FragileValidationLoss">Expected.</param>
/// <param name="RobustValidationLoss">Expected.</param>
/// <param name="FragileCosts">One for each horizon.</param>
/// <param name="RobustCosts">One for each horizon.</param>
/// <param name="Sentence">The same in plain words, with the figures.</param>
internal sealed record PolicyPair(
    double FragileValidationLoss, double RobustValidationLoss, double[] FragileCosts, double[] RobustCosts, string Sentence);
