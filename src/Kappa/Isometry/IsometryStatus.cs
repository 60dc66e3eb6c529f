namespace Kappa.Isometry;

/// <summary>What the penalty last did with one weight.</summary>
/// <param name="Parameter">The weight's path.</param>
/// <param name="Rows">Rows of the weight as a matrix.</param>
/// <param name="Columns">Columns of the weight as a matrix.</param>
/// <param name="Strength">lambda of this weight.</param>
/// <param name="Target">s: what the squares of the singular values are drawn to.</param>
/// <param name="Applications">In how many steps the penalty was taken.</param>
/// <param name="BoundedSteps">In how many of them the step was cut to the largest that is safe.</param>
/// <param name="ZeroSteps">In how many of them the weight was zero, where the penalty's gradient is zero and nothing can be done.</param>
public sealed record IsometryStatus(
    string Parameter, int Rows, int Columns, double Strength, double Target, long Applications, long BoundedSteps, long ZeroSteps);
