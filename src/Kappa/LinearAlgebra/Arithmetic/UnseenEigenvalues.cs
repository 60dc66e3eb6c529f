namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>What a Lanczos process from a random vector says of the eigenvalues that it did not find.</summary>
/// <remarks>
/// <para>With alpha_i and beta_i its coefficients, p_0 = 1 and beta_i p_i(x) = (x - alpha_i) p_{i-1}(x) - beta_{i-1} p_{i-2}(x), an eigenvector z to x has with
/// the process's vector i the inner product (z . b) p_i(x), where b is the start. The vectors are orthonormal, so (z . b)^2 is at most 1 / sum of p_i(x)^2, the
/// Christoffel function of the process (Szego, 1939; Golub and Meurant, 2010, chapter 2). Beyond all Ritz values every p_i is positive and grows with x: what
/// holds at a bound holds for everything above it.</para>
/// <para>A random unit vector of n dimensions holds at most t of a given direction with a probability of at most t sqrt(2 n / pi). So once the sum exceeds 2 n
/// / (pi risk^2), an eigenvalue above the bound would have shown, but for that risk, however often it comes. No gap and no norm is assumed.</para>
/// </remarks>
internal static class UnseenEigenvalues
{
    /// <summary>The probability at which a start that held too little of a direction is accepted to have missed it.</summary>
    internal const double Risk = 1e-5;

    /// <summary>Where it stands with eigenvalues above a bound.</summary>
    /// <param name="diagonal">alpha of each step.</param>
    /// <param name="offDiagonal">beta after each step, the last one's included; 0 where the process has closed.</param>
    /// <param name="sign">-1 turns the spectrum round: then the bound is one on -x.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="dimension">n: of the space that the start was drawn from.</param>
    internal static UnseenVerdict Above(List<double> diagonal, List<double> offDiagonal, int sign, double bound, long dimension)
    {
        double needed = 2 * dimension / (Math.PI * Risk * Risk), sum = 1, polynomial = 1, pivot = 1;
        for (int i = 0; i < diagonal.Count; i++)
        {
            // A pivot of bound I - T: all are positive while every Ritz value lies below.
            double before = i == 0 ? 0 : offDiagonal[i - 1];
            pivot = bound - (sign * diagonal[i]) - (before * before / pivot);
            bool isClosed = offDiagonal[i] == 0;
            if (pivot < 0 || (pivot == 0 && !isClosed))
                return UnseenVerdict.Found;
            polynomial = isClosed ? double.PositiveInfinity : polynomial * pivot / offDiagonal[i];
            sum += polynomial * polynomial;
        }

        return sum >= needed ? UnseenVerdict.Excluded : UnseenVerdict.Open;
    }
}
