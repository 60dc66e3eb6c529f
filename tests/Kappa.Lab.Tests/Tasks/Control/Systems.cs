using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Control;

internal static class Systems
{
    public static PreparedLinearControl Prepare(string settings = "{}") =>
        (PreparedLinearControl)new LinearControlTask().Prepare(JsonDocument.Parse(settings).RootElement, null, CancellationToken.None);

    /// <summary>One state, one action.</summary>
    public static LinearSystem Scalar(double a, double b, double w, double q, double r) =>
        new(One(a), One(b), One(w), One(q), One(r));

    public static Matrix<double> One(double value) => Matrix<double>.Build.Dense(1, 1, value);

    public static void AssertClose(Matrix<double> expected, Matrix<double> actual, double relative) =>
        Assert.True(
            (expected - actual).FrobeniusNorm() <= relative * Math.Max(expected.FrobeniusNorm(), 1e-300),
            $"expected\n{expected}\ngot\n{actual}");
}
