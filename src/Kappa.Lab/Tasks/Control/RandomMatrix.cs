using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>Random matrices in double.</summary>
internal static class RandomMatrix
{
    /// <summary>Independent normal entries.</summary>
    public static Matrix<double> Normal(int rows, int columns, double standardDeviation, Philox generator)
    {
        double[] values = new double[rows * columns];
        generator.FillNormal(values, 0, standardDeviation);
        return Matrix<double>.Build.Dense(rows, columns, values);
    }

    /// <summary>An orthogonal matrix, uniform over all of them: QR of a normal one with the signs of R's diagonal moved to Q
    /// (Mezzadri, 2007, arXiv math-ph/0609050).</summary>
    public static Matrix<double> Orthogonal(int size, Philox generator)
    {
        var qr = Normal(size, size, 1, generator).QR();
        var q = qr.Q;
        for (int j = 0; j < size; j++)
        {
            if (qr.R[j, j] < 0)
                q.SetColumn(j, -q.Column(j));
        }

        return q;
    }
}
