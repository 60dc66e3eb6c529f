using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Cloning;

/// <summary>The affine policy with the least squared error on the training data: the trivial model that a network is held against.</summary>
internal sealed class LeastSquaresPolicy
{
    // [features + 1, actions]; the last row is the offset.
    private readonly Matrix<double> _coefficients;

    private LeastSquaresPolicy(Matrix<double> coefficients) => _coefficients = coefficients;

    /// <summary>Fits by the normal equations in double precision, with a ridge of 1e-9 of the mean diagonal against features that do not vary.</summary>
    /// <param name="inputs">[rows, features].</param>
    /// <param name="targets">[rows, actions].</param>
    internal static LeastSquaresPolicy Fit(Tensor inputs, Tensor targets)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var wide = inputs.To(DataType.Float64);
        var x = Tensor.Concat(1, wide, Tensor.Full([inputs.Shape[0], 1], 1, DataType.Float64));
        var gram = ToMatrix(x.MatMul(x, transposeA: true));
        double ridge = 1e-9 * gram.Trace() / gram.RowCount;
        for (int i = 0; i < gram.RowCount; i++)
            gram[i, i] += ridge;
        return new LeastSquaresPolicy(gram.Cholesky().Solve(ToMatrix(x.MatMul(targets.To(DataType.Float64), transposeA: true))));
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

    private static Matrix<double> ToMatrix(Tensor tensor) =>
        Matrix<double>.Build.DenseOfRowMajor(tensor.Shape[0], tensor.Shape[1], tensor.ToArray<double>());
}
