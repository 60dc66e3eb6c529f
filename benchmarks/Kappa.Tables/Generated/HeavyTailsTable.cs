namespace Kappa.Tables.Generated;

/// <summary>Heavy tails in the features and in the noise.</summary>
internal sealed class HeavyTailsTable : GeneratedTable
{
    /// <summary>What a draw of Student's t with three degrees of freedom is multiplied by.</summary>
    internal const double Noise = 0.7;

    private const int Size = 30;
    private const int StudentCount = 15;
    private const double LogDeviation = 1.5;

    /// <summary>The mean absolute error of the best prediction: E|t| is 2 sqrt(3) / pi for three degrees of freedom.</summary>
    internal static double LeastAbsoluteError => Noise * 2 * Math.Sqrt(3) / Math.PI;

    internal override string Name => "heavy-tails";

    internal override string Description =>
        "Regression on 30 independent features, 15 of Student's t with 2 degrees of freedom (t0 to t14) and 15 log-normal with deviation 1.5 of the logarithm "
        + "(l0 to l14), of which 8 matter: 2 tanh(t0) + 2 tanh(t1) tanh(t2) + ln l0 + ln l1 where t3 is positive + 3 / (1 + l2) + sin(ln l3). "
        + "Noise: 0.7 times Student's t with 3 degrees of freedom.";

    internal override int FeatureCount => Size;

    internal override bool IsClasses => false;

    internal override IReadOnlyList<string> Metrics => ["MAE", "R2"];

    protected override (double Truth, double Target) Draw(Philox generator, Span<double> features)
    {
        var student = features[..StudentCount];
        var log = features[StudentCount..];
        for (int i = 0; i < student.Length; i++)
            student[i] = DrawStudent(2, generator);
        for (int i = 0; i < log.Length; i++)
            log[i] = Math.Exp(LogDeviation * generator.NextNormal());
        double value = (2 * Math.Tanh(student[0])) + (2 * Math.Tanh(student[1]) * Math.Tanh(student[2]))
            + Math.Log(log[0]) + (student[3] > 0 ? Math.Log(log[1]) : 0) + (3 / (1 + log[2])) + Math.Sin(Math.Log(log[3]));
        return (value, value + (Noise * DrawStudent(3, generator)));
    }
}
