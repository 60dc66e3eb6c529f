using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Tables.Methods;

/// <summary>Ridge regression, or logistic regression with the same penalty, by Newton's method: the scale on which to read the others.</summary>
/// <param name="isClasses">Which of the two.</param>
internal sealed class LinearMethod(bool isClasses) : StudyMethod
{
    private const string Penalty = "penalty";
    private const int MostSteps = 50;
    private const double Converged = 1e-8;

    internal override string Name => isClasses ? "logistic regression" : "ridge regression";

    internal override IReadOnlyList<SweepAxis> Axes { get; } = [new SweepAxis(Penalty, [0.1, 1, 10, 100, 1000], 10, 1e-4, 1e6)];

    internal override Func<Tensor, double[]> Fit(StudyData data, IReadOnlyDictionary<string, double> at, ulong seed, CancellationToken cancellation)
    {
        var inputs = WithOne(data.TrainingInputs);
        var targets = Vector<double>.Build.Dense(Array.ConvertAll(data.TrainingTargets, target => (double)target));
        int width = inputs.ColumnCount;
        // The last input is 1, and is not penalised.
        var penalty = Vector<double>.Build.Dense(width, i => i == width - 1 ? 0 : at[Penalty]);
        var weights = Vector<double>.Build.Dense(width);
        for (int step = 0; step < MostSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var predictions = Predictions(inputs, weights);
            var curvatures = isClasses ? predictions.Map(p => Math.Max(1e-9, p * (1 - p))) : predictions.Map(_ => 1.0);
            var scaled = inputs.Clone();
            for (int row = 0; row < scaled.RowCount; row++)
                scaled.SetRow(row, scaled.Row(row) * curvatures[row]);
            var hessian = inputs.TransposeThisAndMultiply(scaled) + Matrix<double>.Build.DenseOfDiagonalVector(penalty);
            var gradient = inputs.TransposeThisAndMultiply(predictions - targets) + penalty.PointwiseMultiply(weights);
            var change = hessian.Cholesky().Solve(gradient);
            weights -= change;
            if (change.L2Norm() <= Converged * (1 + weights.L2Norm()))
                break;
        }
        return rows => [.. Predictions(WithOne(rows), weights)];
    }

    private Vector<double> Predictions(Matrix<double> inputs, Vector<double> weights)
    {
        var outputs = inputs * weights;
        return isClasses ? outputs.Map(logit => 1 / (1 + Math.Exp(-logit))) : outputs;
    }

    private static Matrix<double> WithOne(Tensor inputs)
    {
        int width = inputs.Shape[1];
        float[] values = inputs.ToArray<float>();
        return Matrix<double>.Build.Dense(inputs.Shape[0], width + 1, (row, column) => column == width ? 1 : values[(row * width) + column]);
    }
}
