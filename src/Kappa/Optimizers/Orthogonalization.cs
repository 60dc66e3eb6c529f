namespace Kappa.Optimizers;

/// <summary>How a matrix U S V^T is brought near its polar factor U V^T. Both are quintics X = a X + (b A + c A^2) X with A = X X^T, and cost the same for each
/// round.</summary>
public enum Orthogonalization
{
    /// <summary>One quintic over and over, which leaves singular values between about 0.7 and 1.2 and does not converge (Jordan and others, 2024).</summary>
    NewtonSchulz,

    /// <summary>A quintic of its own for each round, the best one for the interval that the rounds before it left; converges to the polar factor (Amsel and
    /// others, 2025, arXiv 2505.16932).</summary>
    PolarExpress,
}
