using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The affine policy with the least squared error on the training data: the trivial model that a network is held against.</summary>
internal sealed class LeastSquaresPolicy
{
    // [features + 1, actions]; the last row is the offset.
    private readonly Matrix<double> _coefficients;

    private LeastSquaresPolicy(Matrix<double> coefficients) => _coefficients = coefficients;

    /// <summary>Fits by the normal equations in double precision, with a ridge of 1e-9 of the mean diagonal against features that do not vary.</summary>
    internal static LeastSquaresPolicy Fit(Tensor inputs, Tensor targets)
    {
        var x = WithOnes(inputs.ToArray<float>(), inputs.Shape[0], inputs.Shape[1]);
        var y = Matrix<double>.Build.Dense(targets.Shape[0], targets.Shape[1], (i, j) => targets.ReadOnlyValues<float>()[(i * targets.Shape[1]) + j]);
        var gram = x.TransposeThisAndMultiply(x);
        double ridge = 1e-9 * gram.Trace() / gram.RowCount;
        for (int i = 0; i < gram.RowCount; i++)
            gram[i, i] += ridge;
        return new LeastSquaresPolicy(gram.Cholesky().Solve(x.TransposeThisAndMultiply(y)));
    }

    internal void Act(ReadOnlySpan<float> inputs, int batch, Span<float> actions)
    {
        int features = _coefficients.RowCount - 1;
        int outputs = _coefficients.ColumnCount;
        for (int row = 0; row < batch; row++)
        {
            for (int action = 0; action < outputs; action++)
            {
                double sum = _coefficients[features, action];
                for (int feature = 0; feature < features; feature++)
                    sum += inputs[(row * features) + feature] * _coefficients[feature, action];
                actions[(row * outputs) + action] = (float)sum;
            }
        }
    }

    internal double Error(Tensor inputs, Tensor targets)
    {
        float[] actions = new float[targets.Count];
        Act(inputs.ReadOnlyValues<float>(), inputs.Shape[0], actions);
        float[] wanted = targets.ToArray<float>();
        return actions.Zip(wanted, (action, label) => (double)(action - label)).Average(difference => difference * difference);
    }

    private static Matrix<double> WithOnes(float[] values, int rows, int columns) =>
        Matrix<double>.Build.Dense(rows, columns + 1, (i, j) => j < columns ? values[(i * columns) + j] : 1);
}
