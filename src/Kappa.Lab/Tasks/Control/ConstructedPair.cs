using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>Makes, for a plant and its demonstrations, two policies of which the one with the lower validation loss is the worse one to run.</summary>
/// <remarks>
/// <para>Fragile: <c>K* + alpha f u^T</c> with u the direction in which demonstrated states vary least (variance v_min) and f the unit action direction, among
/// the left singular vectors of K* and their negatives, that ruins the closed loop with the smallest alpha: the cost at the last horizon is
/// <see cref="TargetRatio"/> times the demonstrator's. Its excess validation loss is alpha^2 v_min / actions.</para>
/// <para>Robust: <c>K* + beta f u'^T</c> with u' the direction of largest variance v_max and beta such that its excess loss is <see cref="LossFactor"/> times
/// that of the fragile one. Since beta = alpha sqrt(<see cref="LossFactor"/> v_min / v_max), a condition number of 1e4 makes this change fifty times smaller
/// than the other.</para>
/// </remarks>
internal static class ConstructedPair
{
    /// <summary>What the fragile policy costs, in units of the demonstrator.</summary>
    public const double TargetRatio = 10;

    /// <summary>How much higher the validation loss of the robust policy is.</summary>
    public const double LossFactor = 4;

    private const double LargestChange = 1e6;
    private const int Bisections = 40;

    /// <summary>Makes the pair. One to two hundred exact costs.</summary>
    public static PolicyPair Construct(LinearSystem system, Matrix<double> demonstrator, Demonstrations demonstrations, int horizon)
    {
        double[] reference = ClosedLoopCost.AtHorizons(system, demonstrator, horizon);
        double[] Ratios(Matrix<double> gain) => [.. ClosedLoopCost.AtHorizons(system, gain, horizon).Zip(reference, (cost, other) => cost / other)];

        var rare = demonstrations.Basis.Column(system.States - 1);
        var common = demonstrations.Basis.Column(0);
        var (direction, alpha) = SmallestRuin(demonstrator, rare, gain => Ratios(gain)[^1]);
        double beta = alpha * Math.Sqrt(LossFactor * demonstrations.Variances[^1] / demonstrations.Variances[0]);
        var fragile = demonstrator + (alpha * direction.OuterProduct(rare));
        var robust = demonstrator + (beta * direction.OuterProduct(common));
        double[] fragileCosts = Ratios(fragile);
        double[] robustCosts = Ratios(robust);
        double fragileLoss = ExcessLoss(fragile, demonstrator, demonstrations.Covariance);
        double robustLoss = ExcessLoss(robust, demonstrator, demonstrations.Covariance);
        string sentence = string.Create(
            CultureInfo.InvariantCulture,
            $"Of two policies near the demonstrator, the one with the lower validation loss ({fragileLoss:G3} against {robustLoss:G3}) costs "
            + $"{fragileCosts[^1]:F2} times as much as the demonstrator over {horizon} steps, the other {robustCosts[^1]:F2} times: "
            + $"its error lies in a direction that the demonstrations hardly show and the closed loop does.");
        return new PolicyPair(fragileLoss, robustLoss, fragileCosts, robustCosts, sentence);
    }

    /// <summary>The mean over action coordinates of the expected squared error, <c>tr((K - K*) Sigma (K - K*)^T) / actions</c>, beyond what noise on the
    /// actions adds.</summary>
    public static double ExcessLoss(Matrix<double> gain, Matrix<double> demonstrator, Matrix<double> covariance)
    {
        var error = gain - demonstrator;
        return (error * covariance * error.Transpose()).Trace() / gain.RowCount;
    }

    private static (Vector<double> Direction, double Size) SmallestRuin(
        Matrix<double> demonstrator, Vector<double> rare, Func<Matrix<double>, double> ratio)
    {
        bool Ruins(Vector<double> direction, double size) => ratio(demonstrator + (size * direction.OuterProduct(rare))) >= TargetRatio;
        Vector<double>? best = null;
        double smallest = LargestChange;
        foreach (var column in demonstrator.Svd().U.EnumerateColumns())
        {
            foreach (var direction in new[] { column, -column })
            {
                // One look tells most directions from a new best one.
                if (Ruins(direction, smallest))
                    (best, smallest) = (direction, Bisected(size => Ruins(direction, size), smallest));
            }
        }

        return best is null
            ? throw new InvalidOperationException(
                $"no change of the gain up to {LargestChange:G2} along the rarest direction makes the loop {TargetRatio} times as costly")
            : (best, smallest);
    }

    /// <summary>The size at which a ruin begins, given that one has begun at the largest; by ratios, since the answer may be orders of magnitude
    /// smaller.</summary>
    private static double Bisected(Func<double, bool> ruins, double largest)
    {
        var (low, high) = (largest, largest);
        do
        {
            high = low;
            low /= 2;
        }
        while (low > 0 && ruins(low));
        for (int i = 0; i < Bisections; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = ruins(middle) ? (low, middle) : (middle, high);
        }

        return high;
    }
}
