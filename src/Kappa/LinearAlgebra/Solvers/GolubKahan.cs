using System.Numerics.Tensors;
using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.Randomness;
using Kappa.Tensors;
using MathNet.Numerics.LinearAlgebra;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Bidiagonalisation by products, with full reorthogonalisation (Golub and Kahan, 1965): A V = U B, A^T U = V B^T + r e^T.</summary>
public static class GolubKahan
{
    /// <summary>The largest and the smallest singular value: runs until both have converged, the space is used up, or the limit is reached.</summary>
    /// <param name="matrix">The matrix, of any shape. Vectors are kept in double precision, whatever its type.</param>
    /// <param name="options">How far to go; null for the defaults.</param>
    /// <returns>Both ends, with their residuals and whether they have converged.</returns>
    /// <remarks>An iteration takes a product with the matrix, one with its transpose, and 8 i min(M, N) + 8 i max(M, N) flops to keep the i-th vectors
    /// orthogonal.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="NonFiniteException">A product is NaN or infinite.</exception>
    public static ExtremeSingularValues Solve(LinearOperator matrix, GolubKahanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        options ??= new GolubKahanOptions();
        options.Validate();
        // From the smaller side, so that no zero singular values but those of the matrix itself come in.
        if (matrix.Columns > matrix.Rows)
            matrix = matrix.Adjoint;
        int columns = matrix.Columns;
        int most = Math.Min(options.MaximumIterations, columns);
        List<double[]> right = [], left = [];
        List<double> diagonal = [], above = [];
        var v = new double[columns];
        new Philox((ulong)options.Seed).Split("extreme singular values").FillNormal(v, 0, 1);
        _ = Normalize(v);
        right.Add(v);
        ExtremeSingularValues? result = null;
        double scale = 0;
        for (int i = 0; i < most; i++)
        {
            double[] u = Product(matrix.MatMat, right[i], matrix.DataType, matrix.Device);
            if (i > 0)
                TensorPrimitives.MultiplyAdd<double>(left[i - 1], -above[i - 1], u, u);
            double alpha = Orthonormalize(u, left, scale);
            left.Add(u);
            diagonal.Add(alpha);
            scale = Math.Max(scale, alpha);
            double[] next = Product(matrix.AdjointMatMat, u, matrix.DataType, matrix.Device);
            TensorPrimitives.MultiplyAdd<double>(right[i], -alpha, next, next);
            double beta = Orthonormalize(next, right, scale);
            bool isLast = i == most - 1 || beta == 0;
            if (isLast || i % 5 == 4)
            {
                result = Summarize(diagonal, above, beta, 2 * (i + 1), columns, options);
                if (isLast || (result.LargestConverged && result.SmallestConverged))
                    break;
            }

            above.Add(beta);
            right.Add(next);
        }

        return result ?? new ExtremeSingularValues(0, 0, 0, 0, true, true, 0, 0, options.Seed);
    }

    private static double[] Product(Func<Tensor, Tensor> multiply, double[] vector, DataType type, Device device)
    {
        using var scope = TensorScope.Begin();
        return multiply(Tensor.From(vector, [1, vector.Length]).To(type).To(device)).To(DataType.Float64).ToArray<double>();
    }

    private static ExtremeSingularValues Summarize(List<double> diagonal, List<double> above, double beta, int products, int columns, GolubKahanOptions options)
    {
        int size = diagonal.Count;
        double scale = Math.Max(diagonal.Max(), above.DefaultIfEmpty().Max());
        if (scale == 0)
            return new ExtremeSingularValues(0, 0, 0, 0, true, true, size, products, options.Seed);
        // In units of the scale, so that squares neither overflow nor vanish.
        double[] a = [.. diagonal.Select(value => value / scale)], b = [.. above.Append(beta).Select(value => value / scale)];
        var svd = Matrix<double>.Build.Dense(size, size, (i, j) => i == j ? a[i] : j == i + 1 ? b[i] : 0).Svd();
        double largest = svd.S[0], smallest = svd.S[size - 1], limit = options.Tolerance * largest;
        // The same process as Lanczos' with A^T A, whose coefficients say what a random start cannot have missed: only the whole space is certain.
        List<double> squares = [.. a.Select((value, i) => (value * value) + (i > 0 ? b[i - 1] * b[i - 1] : 0))];
        List<double> offDiagonal = [.. a.Select((value, i) => value * b[i])];
        bool isWhole = size == columns;
        bool isTop = isWhole || (Residual(0) <= limit && Excluded(1, largest + limit));
        bool isBottom = isWhole || (Residual(size - 1) <= limit && (smallest <= limit || Excluded(-1, smallest - limit)));
        return new ExtremeSingularValues(
            scale * largest, scale * Residual(0), scale * smallest, scale * Residual(size - 1), isTop, isBottom, size, products, options.Seed);

        // A^T u_k for the Ritz vector u = U x is V B^T x + beta x_last times the next v.
        double Residual(int index) => Math.Abs(b[size - 1] * svd.U[size - 1, index]);

        bool Excluded(int sign, double value) => UnseenEigenvalues.Above(squares, offDiagonal, sign, sign * value * value, columns) == UnseenVerdict.Excluded;
    }

    /// <summary>Takes the parts along a basis away, twice, and scales to length 1. Gives the length before; a vector that is rounding error becomes
    /// zero.</summary>
    private static double Orthonormalize(double[] vector, List<double[]> basis, double scale)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (double[] other in basis)
                TensorPrimitives.MultiplyAdd<double>(other, -TensorPrimitives.Dot<double>(other, vector), vector, vector);
        }

        double length = Length(vector);
        // Taken for zero, it would end the iteration as if all were found.
        if (!double.IsFinite(length))
        {
            throw new NonFiniteException(
                $"a product with the matrix whose singular values were asked for holds NaN or infinity: its norm is {length}. "
                + "Check the weights and the inputs");
        }
        if (length > 1e-12 * scale && length > 0)
        {
            TensorPrimitives.Divide(vector, length, vector);
            return length;
        }

        Array.Clear(vector);
        return 0;
    }

    private static double Normalize(double[] vector)
    {
        double length = TensorPrimitives.Norm<double>(vector);
        TensorPrimitives.Divide(vector, length, vector);
        return length;
    }

    /// <summary>The length, also where squares overflow or vanish.</summary>
    private static double Length(double[] vector)
    {
        double largest = vector.Length == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude<double>(vector));
        if (largest is 0 or (> 1e-140 and < 1e140))
            return TensorPrimitives.Norm<double>(vector);
        return largest * Math.Sqrt(vector.Sum(value => value / largest * (value / largest)));
    }
}
