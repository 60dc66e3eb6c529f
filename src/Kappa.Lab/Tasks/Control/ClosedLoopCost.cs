using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>What a linear policy costs when it runs the plant, exactly.</summary>
/// <remarks>From <c>s_0 = 0</c> the state at time t has covariance <c>Gamma_t(K) = sum_{s&lt;t} (A+BK)^s W (A+BK)^s^T</c>, computed as
/// <c>Gamma_{t+1} = (A+BK) Gamma_t (A+BK)^T + W</c>. The cost at horizon T is the expected stage cost averaged over times 1 to T,
/// <c>J_T = (1/T) sum_{t=1..T} tr((Q + K^T R K) Gamma_t)</c>. 4 n^3 flops a step.</remarks>
internal static class ClosedLoopCost
{
    /// <summary>Larger costs, which only unstable loops have, are cut to this, so that every figure stays finite.</summary>
    public const double Cap = 1e12;

    /// <summary>J_1 to J_horizon; each at most <see cref="Cap"/>.</summary>
    public static double[] AtHorizons(LinearSystem system, Matrix<double> gain, int horizon)
    {
        var closedLoop = system.ClosedLoop(gain);
        var weight = system.Q + gain.TransposeThisAndMultiply(system.R * gain);
        var covariance = system.W;
        double sum = 0;
        double[] costs = new double[horizon];
        for (int t = 1; t <= horizon; t++)
        {
            // tr(weight covariance), both symmetric.
            sum += weight.PointwiseMultiply(covariance).RowSums().Sum();
            double mean = sum / t;
            // An overflow gives infinity or NaN, neither of which is below the cap.
            if (!(mean < Cap))
            {
                costs.AsSpan(t - 1).Fill(Cap);
                break;
            }

            costs[t - 1] = mean;
            covariance = (closedLoop * covariance * closedLoop.Transpose()) + system.W;
        }

        return costs;
    }
}
