using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Models;

/// <summary>A fixed affine map of the input, x -> (x - mean) M^T, that is saved with the model and not trained.</summary>
public sealed class InputTransform : Module
{
    private readonly Tensor _mean;
    private readonly Tensor _matrix;

    /// <summary>Makes the map.</summary>
    /// <param name="mean"><c>[in]</c>, subtracted first; copied.</param>
    /// <param name="matrix">M, <c>[out, in]</c>; copied.</param>
    public InputTransform(Tensor mean, Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(matrix);
        if (mean.Rank != 1 || matrix.Rank != 2 || matrix.Shape[1] != mean.Shape[0])
            throw new TensorShapeException($"InputTransform: expected a mean [in] and a matrix [out, in]; got {mean.Shape} and {matrix.Shape}");
        _mean = RegisterBuffer("mean", mean.Clone());
        _matrix = RegisterBuffer("matrix", matrix.Clone());
    }

    /// <summary>The mean, <c>[in]</c>.</summary>
    public Tensor Mean => _mean;

    /// <summary>M, <c>[out, in]</c>.</summary>
    public Tensor Matrix => _matrix;

    /// <summary>PCA whitening: the transformed inputs have mean 0 and covariance I.</summary>
    /// <param name="inputs">Samples, <c>[samples, features]</c>, at least two.</param>
    /// <param name="floor">Directions whose variance is below this share of the largest are scaled as if it were that share, so that noise of
    /// a direction that hardly varies is not blown up.</param>
    /// <returns>A map to <c>[features]</c>, largest variance first.</returns>
    /// <exception cref="NonFiniteException">An input is not finite, so that there is no covariance.</exception>
    public static InputTransform Whitening(Tensor inputs, double floor = 1e-10)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Rank != 2 || inputs.Shape[0] < 2)
            throw new TensorShapeException($"InputTransform.Whitening: expected inputs [samples, features], at least two samples; got {inputs.Shape}");
        if (floor is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(floor), floor, $"expected a share from 0 to 1; got {floor}");
        int samples = inputs.Shape[0], features = inputs.Shape[1];
        double[] values = Widen(inputs);
        int bad = Array.FindIndex(values, value => !double.IsFinite(value));
        if (bad >= 0)
            throw new NonFiniteException(
                $"InputTransform.Whitening: the input of sample {bad / features}, feature {bad % features} is {values[bad]}; expected finite inputs");
        var matrix = Matrix<double>.Build.Dense(samples, features, (row, column) => values[row * features + column]);
        var mean = matrix.ColumnSums() / samples;
        for (int row = 0; row < samples; row++)
            matrix.SetRow(row, matrix.Row(row) - mean);
        var eigen = (matrix.TransposeThisAndMultiply(matrix) / samples).Evd(Symmetricity.Symmetric);
        double smallest = Math.Max(eigen.EigenValues[features - 1].Real * floor, double.Epsilon);
        double[] whitening = new double[features * features];
        for (int direction = 0; direction < features; direction++)
        {
            // Eigenvalues come in increasing order.
            int source = features - 1 - direction;
            double scale = 1 / Math.Sqrt(Math.Max(eigen.EigenValues[source].Real, smallest));
            for (int feature = 0; feature < features; feature++)
                whitening[direction * features + feature] = scale * eigen.EigenVectors[feature, source];
        }
        return new InputTransform(Narrow([.. mean], [features], inputs.DataType), Narrow(whitening, [features, features], inputs.DataType));
    }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return (input - _mean).MatMul(_matrix, transposeB: true);
    }

    private static double[] Widen(Tensor tensor) =>
        tensor.DataType == DataType.Float64 ? tensor.ToArray<double>() : Array.ConvertAll(tensor.ToArray<float>(), value => (double)value);

    private static Tensor Narrow(double[] values, Shape shape, DataType type) =>
        type == DataType.Float64 ? Tensor.From(values, shape) : Tensor.From(Array.ConvertAll(values, value => (float)value), shape);
}
