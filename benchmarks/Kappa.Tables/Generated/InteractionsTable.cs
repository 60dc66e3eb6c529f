namespace Kappa.Tables.Generated;

/// <summary>Smooth and stepwise interactions of nine features among fifty: a function of Friedman (1991), a step and a checkerboard.</summary>
internal sealed class InteractionsTable : GeneratedTable
{
    /// <summary>The standard deviation of the noise.</summary>
    internal const double Noise = 2;

    internal override string Name => "interactions";

    internal override string Description =>
        "Regression on 50 independent features, uniform from 0 to 1, of which 9 matter: 10 sin(pi x0 x1) + 20 (x2 - 1/2)^2 + 10 x3 + 5 x4 (Friedman, 1991), "
        + "8 x6 where x5 is above 1/2, and 3 or -3 by a checkerboard of x7 and x8. Noise: normal, standard deviation 2.";

    internal override int FeatureCount => 50;

    internal override bool IsClasses => false;

    internal override IReadOnlyList<string> Metrics => ["R2", "RMSE"];

    protected override (double Truth, double Target) Draw(Philox generator, Span<double> features)
    {
        generator.FillUniform(features);
        double half = features[2] - 0.5;
        double value = (10 * Math.Sin(Math.PI * features[0] * features[1])) + (20 * half * half) + (10 * features[3]) + (5 * features[4])
            + (features[5] > 0.5 ? 8 * features[6] : 0)
            + (3 * Math.Sign((features[7] - 0.5) * (features[8] - 0.5)));
        return (value, value + (Noise * generator.NextNormal()));
    }
}
