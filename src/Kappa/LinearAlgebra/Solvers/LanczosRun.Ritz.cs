using System.Numerics.Tensors;
using Kappa.LinearAlgebra.Arithmetic;

namespace Kappa.LinearAlgebra.Solvers;

/// <content>Ritz pairs, and what is known of their residuals.</content>
internal sealed partial class LanczosRun
{
    /// <summary>Ritz pairs of the rows that were multiplied, the wanted first.</summary>
    private Ritz RitzPairs(double share)
    {
        var (values, vectors) = SymmetricEigen.Of(_projected, _multiplied);
        int[] order = [.. Enumerable.Range(0, _multiplied).OrderByDescending(i => Key(values[i]))];
        double[] sorted = [.. order.Select(i => values[i])];
        double[][] parts = [.. order.Select(i => NextBlockResidual(vectors, i))];
        double[] residuals = [.. order.Select((column, p) => Math.Sqrt(Dot(parts[p], parts[p]) + Math.Max(0, OutsideProduct(vectors, column, column))))];
        int converged = 0;
        double floor = Floor(values.Max(Math.Abs));
        while (converged < Math.Min(_count, order.Length) && residuals[converged] <= Math.Max(share * _options.Tolerance * Math.Abs(sorted[converged]), floor))
            converged++;
        return new Ritz(sorted, residuals, vectors, order, parts, converged);
    }

    /// <summary>What the arithmetic leaves of a residual, for a matrix of a norm.</summary>
    private double Floor(double norm) => 20 * _epsilon * norm;

    private double Key(double value) => _options.Spectrum switch
    {
        Spectrum.LargestAlgebraic => value,
        Spectrum.SmallestAlgebraic => -value,
        _ => Math.Abs(value),
    };

    /// <summary>A Ritz vector's residual along the next block.</summary>
    private double[] NextBlockResidual(double[,] vectors, int column)
    {
        double[] result = new double[_residualFactor.GetLength(1)];
        for (int i = 0; i < _residualFactor.GetLength(0); i++)
        {
            for (int j = 0; j < result.Length; j++)
                result[j] += vectors[_lastStart + i, column] * _residualFactor[i, j];
        }

        return result;
    }

    /// <summary>The inner product of what of two Ritz vectors' residuals lies outside the basis: nothing where the basis is everything.</summary>
    private double OutsideProduct(double[,] vectors, int first, int second)
    {
        double sum = 0;
        for (int i = 0; i < _outside.GetLength(0) && !IsWhole; i++)
        {
            for (int j = 0; j < _outside.GetLength(1); j++)
                sum += vectors[i, first] * _outside[i, j] * vectors[j, second];
        }

        return sum;
    }

    /// <summary>What a row's product with the matrix says of the kept rows' residuals: their part along it is inside the basis.</summary>
    private void TakeFromOutside(int row)
    {
        for (int i = 0; i < _outside.GetLength(0); i++)
        {
            for (int j = 0; j < _outside.GetLength(1); j++)
                _outside[i, j] -= _projected[row, i] * _projected[row, j];
        }
    }

    private static double Dot(double[] a, double[] b) => TensorPrimitives.Dot<double>(a, b);

    /// <summary>Values and residuals in the order wanted; vectors in that of the dense solver.</summary>
    private sealed record Ritz(double[] Values, double[] Residuals, double[,] Vectors, int[] Order, double[][] NextBlockResiduals, int ConvergedCount)
    {
        internal double[,] Coefficients(int count, int columns)
        {
            double[,] result = new double[count, columns];
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < Order.Length; j++)
                    result[i, j] = Vectors[j, Order[i]];
            }

            return result;
        }
    }
}
