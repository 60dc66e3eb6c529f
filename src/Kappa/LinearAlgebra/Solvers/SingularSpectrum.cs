namespace Kappa.LinearAlgebra.Solvers;

/// <summary>The singular values of a matrix, largest first, and what is read off them.</summary>
/// <remarks>They are found as roots of the eigenvalues of the Gram matrix in double precision: below 1e-7 of the largest, they are rounding errors.</remarks>
public sealed record SingularSpectrum
{
    // The square of what the Gram matrix in double precision can tell from zero.
    private const double Resolution = 1e-15;

    internal SingularSpectrum(IReadOnlyList<double> values) => Values = values;

    /// <summary>The singular values, largest first.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>The largest; 0 where there is none.</summary>
    public double Largest => Values.Count == 0 ? 0 : Values[0];

    /// <summary>The smallest.</summary>
    public double Smallest => Values.Count == 0 ? 0 : Values[^1];

    /// <summary>The largest over the smallest; infinite where the smallest cannot be told from zero.</summary>
    public double Condition => Smallest == 0 ? double.PositiveInfinity : Largest / Smallest;

    /// <summary>exp of the entropy of the squares as shares of their sum: how many directions carry the matrix (Roy and Vetterli, 2007, with squares). 0 for a
    /// zero matrix.</summary>
    public double EffectiveRank
    {
        get
        {
            if (Largest == 0)
                return 0;
            // In units of the largest: squares neither overflow nor vanish.
            double sum = Values.Sum(value => value / Largest * (value / Largest));
            double entropy = 0;
            foreach (double value in Values)
            {
                double share = value / Largest * (value / Largest) / sum;
                entropy -= share > 0 ? share * Math.Log(share) : 0;
            }

            return Math.Exp(entropy);
        }
    }

    /// <summary>The sum of the squares over the largest of them; 0 for a zero matrix.</summary>
    public double StableRank => Largest == 0 ? 0 : Values.Sum(value => value / Largest * (value / Largest));

    /// <summary>The root of the mean of (x - 1)^2 over the singular values: 0 for an isometry.</summary>
    public double DistanceFromIsometry => Values.Count == 0 ? 0 : Math.Sqrt(Values.Average(value => (value - 1) * (value - 1)));

    /// <summary>From the eigenvalues of a Gram matrix, smallest first.</summary>
    internal static SingularSpectrum OfGram(double[] eigenvalues)
    {
        double smallest = eigenvalues.Length == 0 ? 0 : Resolution * Math.Max(eigenvalues[^1], 0);
        return new SingularSpectrum([.. eigenvalues.Reverse().Select(value => value <= smallest ? 0 : Math.Sqrt(value))]);
    }
}
