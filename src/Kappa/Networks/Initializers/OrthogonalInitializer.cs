using Kappa.Randomness;
using Kappa.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Networks.Initializers;

/// <summary>A matrix with orthonormal rows or columns, whichever are fewer, uniformly distributed, times a gain (Saxe and others, 2013, arXiv
/// 1312.6120).</summary>
/// <remarks>QR of a normal matrix, with signs fixed so that the distribution is Haar's (Mezzadri, 2007, arXiv math-ph/0609050). Costs about 4 m n^2 flops for
/// the smaller side n.</remarks>
public sealed class OrthogonalInitializer : Initializer
{
    private readonly double _gain;

    /// <summary>Makes the initialiser.</summary>
    /// <param name="gain">The singular values of the result; finite.</param>
    public OrthogonalInitializer(double gain = 1)
    {
        if (!double.IsFinite(gain))
            throw new ArgumentOutOfRangeException(nameof(gain), gain, "the gain must be finite");
        _gain = gain;
    }

    /// <inheritdoc/>
    protected override Tensor Draw(Shape shape, int fanIn, int fanOut, DataType type, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        int rows = shape[0];
        int columns = shape.Count / rows;
        int large = Math.Max(rows, columns);
        int small = Math.Min(rows, columns);
        var normal = new double[large * small];
        generator.FillNormal(normal, 0, 1);
        var qr = Matrix<double>.Build.Dense(large, small, normal).QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin);
        var values = new double[shape.Count];
        for (int i = 0; i < large; i++)
        {
            for (int j = 0; j < small; j++)
            {
                double value = _gain * qr.Q[i, j] * (qr.R[j, j] < 0 ? -1 : 1);
                values[rows >= columns ? (i * columns) + j : (j * columns) + i] = value;
            }
        }

        return Tensor.From(values, shape).To(type);
    }
}
