namespace Kappa.Lab.Tasks;

/// <summary>What a trained model did when it was let loose.</summary>
/// <param name="Metric">The figure that counts; NaN is not allowed, use the worst value and say so in a scalar.</param>
/// <param name="Curves">Figures against horizon, the main one first.</param>
/// <param name="Scalars">Further figures by name, such as <c>subspace distance</c>.</param>
public sealed record Deployment(double Metric, IReadOnlyList<HorizonCurve> Curves, IReadOnlyDictionary<string, double> Scalars)
{
    /// <summary>What it made, for the report to show; none where there is nothing to look at.</summary>
    public IReadOnlyList<GreyPicture> Pictures { get; init; } = [];
}
