using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Traces of an operator and of its square from products with random signs.</summary>
public static class TraceEstimator
{
    /// <summary>tr(A) as the mean of z . A z, and tr(A^2) as that of |A z|^2, from the same products.</summary>
    /// <param name="matrix">The operator.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Asked before each product.</param>
    /// <param name="progress">Takes where it stands after each product, on the calling thread; may be null.</param>
    /// <returns>Both with standard errors.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <remarks>Hutchinson, 1989. The variance of the first is 2 (|A|_F^2 - the squares of the diagonal) a probe.</remarks>
    public static TraceResult Hutchinson(
        SymmetricOperator matrix, TraceOptions? options = null, CancellationToken cancellation = default, IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        options ??= new TraceOptions();
        options.Validate();
        int block = Math.Min(options.BlockSize, BlockArithmetic.MostRows(matrix.Dimension, matrix.DataType));
        var generator = new Philox(options.Seed).Split("hutchinson");
        var products = new CountedProducts(matrix, options.Products, cancellation, progress);
        List<double> first = [], second = [];
        for (int done = 0; done < options.Products; done += block)
        {
            using var scope = TensorScope.Begin();
            var probes = RandomSigns.Draw(Math.Min(block, options.Products - done), matrix.Dimension, matrix.DataType, matrix.Device, generator);
            Collect(probes, products, first, second);
        }

        var (trace, traceError) = Sample.Mean(first);
        var (square, squareError) = Sample.Mean(second);
        return new TraceResult(trace, traceError, square, squareError, first.Count, first.Count, options.Seed);
    }

    /// <summary>tr(A) by Hutch++: exactly on the range of a sketch A S, where most of it is, and by Hutchinson on the rest.</summary>
    /// <param name="matrix">The operator.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Asked before each product.</param>
    /// <param name="progress">Takes where it stands after each product, on the calling thread; may be null.</param>
    /// <returns>The trace with the standard error that the rest leaves; the square's is not estimated.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <remarks>
    /// Meyer, Musco, Musco and Woodruff, 2021, arXiv 2010.09649, algorithm 1: the error falls with the products instead of their root where the spectrum
    /// decays. Where the sketch spans everything the result is exact.
    /// </remarks>
    public static TraceResult HutchPlusPlus(
        SymmetricOperator matrix, TraceOptions? options = null, CancellationToken cancellation = default, IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        options ??= new TraceOptions();
        options.Validate();
        int block = Math.Min(options.BlockSize, BlockArithmetic.MostRows(matrix.Dimension, matrix.DataType));
        int third = Math.Min(Math.Max(1, options.Products / 3), matrix.Dimension);
        long memory = BasisMemory.Least(BasisMemory.Available, matrix.Processes);
        _ = BasisMemory.Choose(third, third, matrix.Dimension, matrix.DataType, "set fewer TraceOptions.Products", memory);
        var generator = new Philox(options.Seed).Split("hutch++");
        using var basis = new OrthonormalBasis(third, matrix.Dimension, matrix.DataType, matrix.Device, matrix.Processes);
        var products = new CountedProducts(matrix, options.Products, cancellation, progress);
        for (int done = 0; done < third; done += block)
        {
            using var scope = TensorScope.Begin();
            var sketch = RandomSigns.Draw(Math.Min(block, third - done), matrix.Dimension, matrix.DataType, matrix.Device, generator);
            var image = products.MatMat(sketch);
            double size = BlockArithmetic.Norm(image);
            _ = basis.Project(image);
            _ = basis.Append(image, (matrix.DataType == DataType.Float32 ? 1e-5 : 1e-13) * size);
        }

        double exact = 0;
        for (int done = 0; done < basis.Count; done += block)
        {
            using var scope = TensorScope.Begin();
            var rows = basis.Rows(done, Math.Min(block, basis.Count - done));
            exact += products.Restore(BlockArithmetic.Dot(rows, products.MatMat(rows)));
        }

        List<double> rest = [];
        for (int left = Math.Max(2, options.Products - (int)products.Count); left > 0 && basis.Count < matrix.Dimension; left -= block)
        {
            using var scope = TensorScope.Begin();
            var probes = RandomSigns.Draw(Math.Min(block, left), matrix.Dimension, matrix.DataType, matrix.Device, generator);
            _ = basis.Project(probes);
            Collect(probes, products, rest, []);
        }

        var (mean, error) = rest.Count > 0 ? Sample.Mean(rest) : (0, 0);
        return new TraceResult(exact + mean, error, double.NaN, double.NaN, rest.Count, products.Count, options.Seed);
    }

    private static void Collect(Tensor probes, CountedProducts products, List<double> first, List<double> second)
    {
        var images = products.MatMat(probes);
        for (int i = 0; i < probes.Shape[0]; i++)
        {
            var image = images.Range(i, 1);
            first.Add(products.Restore(BlockArithmetic.Dot(probes.Range(i, 1), image)));
            second.Add(products.Restore(products.Restore(BlockArithmetic.SquaredNorm(image))));
        }
    }
}
