namespace Kappa.Tables.Generated;

/// <summary>Strongly correlated features: the eigenvalues of the covariance fall by three and a half decades, and every direction tells as much of the
/// class.</summary>
internal sealed class IllConditionedTable : GeneratedTable
{
    /// <summary>The largest over the smallest eigenvalue of the covariance, before columns are standardised.</summary>
    internal const double Condition = 3162;

    private const int Size = 30;
    private const ulong StructureSeed = 17;

    // x = mixing z, z ~ N(0, I); [feature, direction], the direction of the largest variance first.
    private readonly double[,] _mixing = new double[Size, Size];
    private readonly double[] _weights = new double[Size];

    internal IllConditionedTable()
    {
        var generator = new Philox(StructureSeed).Split(Name);
        var rotation = Orthogonal(generator);
        for (int direction = 0; direction < Size; direction++)
        {
            double deviation = Math.Pow(Condition, -0.5 * direction / (Size - 1));
            for (int feature = 0; feature < Size; feature++)
                _mixing[feature, direction] = deviation * rotation[direction][feature];
            _weights[direction] = (generator.NextInt32(2) == 0 ? -1 : 1) / Math.Sqrt(Size);
        }
    }

    internal override string Name => "ill-conditioned";

    internal override string Description =>
        "Two classes by 30 strongly correlated features, x = Q diag(s) z with z normal, Q a rotation, and s^2 falling geometrically by 3162. The logit is "
        + "3 u.z + 1.5 z1 z30 + z29^2 - 1 with u of equal size in every direction: what varies least tells as much as what varies most.";

    internal override int FeatureCount => Size;

    internal override bool IsClasses => true;

    internal override bool IsCorrelated => true;

    internal override IReadOnlyList<string> Metrics => ["accuracy", "log loss"];

    protected override (double Truth, double Target) Draw(Philox generator, Span<double> features)
    {
        Span<double> hidden = stackalloc double[Size];
        generator.FillNormal(hidden);
        double linear = 0;
        for (int direction = 0; direction < Size; direction++)
            linear += _weights[direction] * hidden[direction];
        for (int feature = 0; feature < Size; feature++)
        {
            double sum = 0;
            for (int direction = 0; direction < Size; direction++)
                sum += _mixing[feature, direction] * hidden[direction];
            features[feature] = sum;
        }
        return DrawClass((3 * linear) + (1.5 * hidden[0] * hidden[^1]) + (hidden[^2] * hidden[^2]) - 1, generator);
    }

    /// <summary>Rows of a random rotation, by Gram-Schmidt.</summary>
    private static double[][] Orthogonal(Philox generator)
    {
        double[][] rows = [.. Enumerable.Range(0, Size).Select(_ => new double[Size])];
        for (int i = 0; i < Size; i++)
        {
            generator.FillNormal(rows[i].AsSpan());
            // Twice is enough.
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    double shared = rows[i].Zip(rows[j], (a, b) => a * b).Sum();
                    for (int k = 0; k < Size; k++)
                        rows[i][k] -= shared * rows[j][k];
                }
            }
            double length = Math.Sqrt(rows[i].Sum(value => value * value));
            for (int k = 0; k < Size; k++)
                rows[i][k] /= length;
        }
        return rows;
    }
}
