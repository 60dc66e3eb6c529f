using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>The eigenpairs of largest magnitude by power iteration, one after the other, each with those before it deflated: the baseline of arXiv 2604.14870.
/// Use <see cref="Lanczos"/>.</summary>
/// <remarks>
/// v = P A v / |P A v|, where P takes the vectors before off; the eigenvalue is v . A v. The paper's code stops when that settles, which says little: a mixture
/// of eigenvectors of lambda and -lambda, or of two that are close, settles as well. Here an iteration stops when its residual is small. At the end Rayleigh
/// and Ritz on all vectors, from the product that measures the residuals, sets right what the iterations left of one in another. Whether an eigenvalue was
/// passed over is not checked.
/// </remarks>
public static class PowerIteration
{
    /// <summary>Finds eigenpairs.</summary>
    /// <param name="matrix">The operator.</param>
    /// <param name="count">How many pairs, 1 to N.</param>
    /// <param name="options">Settings; null for those of the paper's code.</param>
    /// <param name="cancellation">Asked before each product.</param>
    /// <param name="progress">Takes where it stands after each product, on the calling thread; may be null.</param>
    /// <returns>The pairs, the largest in magnitude first; converged where the residual is at most the tolerance times |eigenvalue|, or as small as the
    /// arithmetic allows. Products do not count those of the residuals.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EigenResult Solve(
        SymmetricOperator matrix, int count, PowerIterationOptions? options = null, CancellationToken cancellation = default,
        IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        SolverChecks.Count(count, matrix);
        options ??= new PowerIterationOptions();
        options.Validate();
        var generator = new Philox(options.Seed).Split("power iteration");
        using var vectors = Tensor.Zeros([count, matrix.Dimension], matrix.DataType, matrix.Device).Keep();
        var products = new CountedProducts(matrix, (long)count * options.Iterations, cancellation, progress);
        double size = 0;
        for (int index = 0; index < count; index++)
            Iterate(vectors, index, options, generator, products, ref size);
        var (values, rotated, residuals) = RayleighRitz(vectors, products);
        int converged = 0;
        while (converged < count && residuals[converged] <= Limit(values[converged], size, options, matrix.DataType))
            converged++;
        long used = products.Count;
        double[] restored = [.. values.Select(products.Restore)], errors = [.. residuals.Select(products.Restore)];
        return new EigenResult(restored, rotated, errors, converged == count, converged, false, used, used, (int)used, options.Seed);
    }

    private static void Iterate(Tensor vectors, int index, PowerIterationOptions options, Philox generator, CountedProducts products, ref double size)
    {
        using var scope = TensorScope.Begin();
        var vector = Tensor.Normal([1, vectors.Shape[1]], generator, type: vectors.DataType, device: vectors.Device);
        Deflate(vectors, index, vector);
        BlockArithmetic.Scale(vector, 1 / BlockArithmetic.Norm(vector));
        for (int iteration = 0; iteration < options.Iterations; iteration++)
        {
            var next = products.MatMat(vector);
            size = Math.Max(size, BlockArithmetic.Norm(next));
            Deflate(vectors, index, next);
            double value = BlockArithmetic.Dot(next, vector), norm = BlockArithmetic.Norm(next);
            using (var residual = next.Clone())
            {
                BlockArithmetic.AddScaled(vector, -value, residual);
                if (BlockArithmetic.Norm(residual) <= Limit(value, size, options, vectors.DataType))
                    break;
            }

            BlockArithmetic.Scale(next, 1 / norm);
            // What a short product is normalised to holds rounding errors along the vectors before.
            Deflate(vectors, index, next);
            BlockArithmetic.Scale(next, 1 / BlockArithmetic.Norm(next));
            vector.Dispose();
            vector = next;
        }

        vectors.Range(index, 1).CopyFromInPlace(vector);
    }

    /// <summary>The residual at which a pair has converged.</summary>
    private static double Limit(double value, double size, PowerIterationOptions options, DataType type) =>
        Math.Max(options.Tolerance * Math.Abs(value), (type == DataType.Float32 ? 2.4e-6 : 4.4e-15) * size);

    /// <summary>Takes the vectors before an index off another.</summary>
    private static void Deflate(Tensor vectors, int index, Tensor vector)
    {
        for (int j = 0; j < index; j++)
        {
            using var earlier = vectors.Range(j, 1);
            BlockArithmetic.AddScaled(earlier, -BlockArithmetic.Dot(earlier, vector), vector);
        }
    }

    /// <summary>The best pairs in the span of orthonormal vectors, and their residuals.</summary>
    private static (double[] Values, Tensor Vectors, double[] Residuals) RayleighRitz(Tensor vectors, CountedProducts products)
    {
        using var scope = TensorScope.Begin();
        int count = vectors.Shape[0];
        var images = products.Measure(vectors);
        double[,] projected = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
                projected[i, j] = BlockArithmetic.Dot(vectors.Range(i, 1), images.Range(j, 1));
        }

        var (values, columns) = SymmetricEigen.Of(projected, count);
        int[] order = [.. Enumerable.Range(0, count).OrderByDescending(i => Math.Abs(values[i]))];
        double[,] coefficients = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
                coefficients[i, j] = columns[j, order[i]];
        }

        double[] sorted = [.. order.Select(i => values[i])];
        var rotated = BlockArithmetic.Combine(coefficients, vectors).Keep();
        var rest = BlockArithmetic.Combine(coefficients, images);
        double[] residuals = new double[count];
        for (int i = 0; i < count; i++)
        {
            var residual = rest.Range(i, 1);
            BlockArithmetic.AddScaled(rotated.Range(i, 1), -sorted[i], residual);
            residuals[i] = BlockArithmetic.Norm(residual);
        }

        return (sorted, rotated, residuals);
    }
}
