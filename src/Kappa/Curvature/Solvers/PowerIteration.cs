using Kappa.Curvature.Arithmetic;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Curvature;

/// <summary>The eigenpairs of largest magnitude by power iteration, one after the other, each with those before it deflated: the baseline of arXiv 2604.14870. Use <see cref="Lanczos"/>.</summary>
/// <remarks>An iteration stops when its eigenvalue settles, long before its vector does; what that leaves is in the residuals, which one product of all vectors measures at the end.</remarks>
public static class PowerIteration
{
    /// <summary>Finds eigenpairs.</summary>
    /// <param name="matrix">The operator.</param>
    /// <param name="count">How many pairs, 1 to N.</param>
    /// <param name="options">Settings; null for those of the paper's code.</param>
    /// <param name="cancellation">Asked before each product.</param>
    /// <param name="progress">Takes where it stands after each product, on the calling thread; may be null.</param>
    /// <returns>The pairs, in the order in which they were found; converged where the eigenvalue settled. Products do not count those of the residuals.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EigenResult Solve(
        LinearOperator matrix, int count, PowerIterationOptions? options = null, CancellationToken cancellation = default, IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        SolverChecks.Count(count, matrix.Dimension);
        options ??= new PowerIterationOptions();
        options.Validate();
        var generator = new Philox(options.Seed).Split("power iteration");
        var vectors = Tensor.Zeros([count, matrix.Dimension], matrix.DataType).Keep();
        double[] values = new double[count];
        var products = new CountedProducts(matrix, (long)count * options.Iterations, cancellation, progress);
        int converged = 0;
        bool all = true;
        for (int index = 0; index < count; index++)
        {
            bool settled = Iterate(matrix, vectors, values, index, options, generator, products);
            all &= settled;
            converged += all ? 1 : 0;
        }

        double[] residuals = EigenResiduals.Measure(matrix, vectors, values);
        return new EigenResult(values, vectors, residuals, all, converged, false, products.Count, products.Count, (int)products.Count, options.Seed);
    }

    private static bool Iterate(LinearOperator matrix, Tensor vectors, double[] values, int index, PowerIterationOptions options, Philox generator, CountedProducts products)
    {
        using var scope = TensorScope.Begin();
        var found = vectors.Range(index, 1);
        var vector = Tensor.Normal([1, matrix.Dimension], generator, type: matrix.DataType);
        BlockArithmetic.Scale(vector, 1 / Math.Sqrt(BlockArithmetic.SquaredNorm(vector)));
        double value = 0;
        bool settled = false;
        for (int iteration = 0; iteration < options.Iterations && !settled; iteration++)
        {
            var next = products.MatMat(vector);
            for (int j = 0; j < index; j++)
            {
                using var earlier = vectors.Range(j, 1);
                BlockArithmetic.AddScaled(earlier, -values[j] * BlockArithmetic.Dot(earlier, vector), next);
            }

            double norm = Math.Sqrt(BlockArithmetic.SquaredNorm(next));
            if (norm < 1e-12)
                return Store(0, true);
            BlockArithmetic.Scale(next, 1 / norm);
            double quotient = Math.CopySign(norm, BlockArithmetic.Dot(next, vector));
            settled = Math.Abs(quotient - value) < options.Tolerance * Math.Max(Math.Abs(quotient), 1e-12);
            vector.Dispose();
            (vector, value) = (next, quotient);
        }

        return Store(value, settled);

        bool Store(double eigenvalue, bool done)
        {
            values[index] = eigenvalue;
            found.CopyFromInPlace(vector);
            return done;
        }
    }
}
