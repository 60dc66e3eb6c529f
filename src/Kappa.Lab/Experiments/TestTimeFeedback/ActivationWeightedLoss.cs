using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>How large the error of a model is where every direction of its activations counts alike.</summary>
/// <param name="Features">|E^T Z (S + tau I)^-1|^2 with the inputs Z of the last linear layer.</param>
/// <param name="Inputs">The same with the inputs of the model in the place of Z; null where they are tokens.</param>
/// <param name="Condition">The condition number of the covariance of Z.</param>
/// <remarks>
/// <para>With rows z_i, <c>[n, in]</c>, the gradient E of the held-out loss at the model's outputs, <c>[n, out]</c>, and</para>
/// <code>
/// S = (1/n) sum_i z_i z_i^T,   tau = 1e-4 tr(S) / in,   weighted loss = | E^T Z (S + tau I)^-1 |_F^2.
/// </code>
/// <para>E^T Z (S + tau I)^-1 is, up to the constant of the loss, the ridge regression of the errors on z: for the squared error of a linear model W z, the
/// error in W itself. The validation loss weighs that error by S, as tr(dW S dW^T); here it counts without S. It is the square of the step that activation
/// preconditioning would take in this layer. Rows that the loss does not count, whose row of E is 0, are left out. Source of S and of the step: arXiv
/// 2606.06418; that its size on held-out examples may rank models is the hypothesis that this study tests.</para>
/// <para>The condition number is that of the centred covariance, over the directions whose variance is above 1e-12 of the largest: wider layers than
/// inputs have directions that never vary.</para>
/// </remarks>
internal sealed record ActivationWeightedLoss(double Features, double? Inputs, double Condition)
{
    private const double Damping = 1e-4;
    private const double SmallestVariance = 1e-12;

    /// <summary>Measures a model; null where the task has no held-out loss or the model no linear layer. What is not finite is NaN.</summary>
    internal static ActivationWeightedLoss? Measure(PreparedTask task, Module model, CancellationToken cancellation)
    {
        if (task.HeldOutLoss is not { } loss || model.Modules().Select(entry => entry.Module).OfType<Linear>().LastOrDefault() is not { } last)
            return null;
        cancellation.ThrowIfCancellationRequested();
        var observer = new LastLayerObserver();
        using var observation = last.Weight.Observe(observer);
        try
        {
            // The library's loop has the backward pass; a rate of 0 leaves the weights as they are.
            new TrainingLoop(new SGD(model.Parameters(), 0), () => loss(model)).Run(1, CancellationToken.None);
        }
        catch (NonFiniteException)
        {
            return new ActivationWeightedLoss(double.NaN, task.HeldOutInputs is null ? null : double.NaN, double.NaN);
        }
        if (observer.Rows is not var (activations, gradients))
            return null;
        double? inputs = task.HeldOutInputs is { } given && given.Shape[0] == activations.RowCount
            ? Weighted(LastLayerObserver.ToMatrix(given), gradients)
            : null;
        int[] counted = [.. Enumerable.Range(0, gradients.RowCount).Where(row => gradients.Row(row).Any(value => value != 0))];
        if (counted.Length == 0)
            return new ActivationWeightedLoss(0, inputs, ConditionOf(activations));
        var (rows, errors) = (Rows(activations, counted), Rows(gradients, counted));
        return new ActivationWeightedLoss(Weighted(rows, errors), inputs, ConditionOf(rows));
    }

    /// <summary>|E^T Z (S + tau I)^-1|_F^2.</summary>
    internal static double Weighted(Matrix<double> rows, Matrix<double> gradients)
    {
        var moment = rows.TransposeThisAndMultiply(rows) / rows.RowCount;
        double damping = Damping * moment.Trace() / moment.RowCount;
        if (!(damping > 0) || !double.IsFinite(damping))
            return damping == 0 ? 0 : double.NaN;
        for (int i = 0; i < moment.RowCount; i++)
            moment[i, i] += damping;
        // (S + tau I) X = (E^T Z)^T: X is the transpose of what is squared.
        double norm = moment.Cholesky().Solve(rows.TransposeThisAndMultiply(gradients)).FrobeniusNorm();
        return norm * norm;
    }

    /// <summary>Of the centred covariance, over the directions that vary.</summary>
    internal static double ConditionOf(Matrix<double> rows)
    {
        var mean = rows.ColumnSums() / rows.RowCount;
        var centred = Matrix<double>.Build.Dense(rows.RowCount, rows.ColumnCount, (row, column) => rows[row, column] - mean[column]);
        var covariance = centred.TransposeThisAndMultiply(centred) / rows.RowCount;
        if (!covariance.Enumerate().All(double.IsFinite))
            return double.NaN;
        double[] variances = [.. covariance.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real)];
        double largest = variances.Max();
        return largest > 0 ? largest / variances.Where(variance => variance > SmallestVariance * largest).Min() : double.NaN;
    }

    private static Matrix<double> Rows(Matrix<double> matrix, int[] rows) =>
        rows.Length == matrix.RowCount ? matrix : Matrix<double>.Build.Dense(rows.Length, matrix.ColumnCount, (row, column) => matrix[rows[row], column]);
}
