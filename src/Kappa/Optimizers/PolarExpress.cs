namespace Kappa.Optimizers;

/// <summary>The coefficients of Polar Express (Amsel, Persson, Musco and Gower, 2025, arXiv 2505.16932, algorithm 1): composed, the first T are the best odd
/// polynomial of their form for singular values from 1e-3 to 1.</summary>
internal static class PolarExpress
{
    /// <summary>Divides the singular values on which each quintic but the last is used, so that rounding cannot put one outside of the interval it is made
    /// for.</summary>
    internal const double Safety = 1.01;

    private static readonly (double A, double B, double C)[] Quintics =
    [
        Safe(8.28721201814563, -23.595886519098837, 17.300387312530933),
        Safe(4.107059111542203, -2.9478499167379106, 0.5448431082926601),
        Safe(3.9486908534822946, -2.908902115962949, 0.5518191394370137),
        Safe(3.3184196573706015, -2.488488024314874, 0.51004894012372),
        Safe(2.300652019954817, -1.6689039845747493, 0.4188073119525673),
        Safe(1.891301407787398, -1.2679958271945868, 0.37680408948524835),
        Safe(1.8750014808534479, -1.2500016453999487, 0.3750001645474248),
        // From here on the best one is Pade's, in double precision too.
        (15.0 / 8, -10.0 / 8, 3.0 / 8),
    ];

    /// <summary>The coefficients of round 0, 1, ...</summary>
    internal static (double A, double B, double C) Coefficients(int round) => Quintics[Math.Min(round, Quintics.Length - 1)];

    private static (double A, double B, double C) Safe(double a, double b, double c) => (a / Safety, b / Math.Pow(Safety, 3), c / Math.Pow(Safety, 5));
}
