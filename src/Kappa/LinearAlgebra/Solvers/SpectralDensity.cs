using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>The density of an operator's eigenvalues by stochastic Lanczos quadrature.</summary>
/// <remarks>
/// Golub and Welsch, 1969; Ghorbani, Krishnan and Xiao, 2019, arXiv 1901.10159. Each probe's Lanczos process keeps and takes off its whole basis, so that no
/// eigenvalue is counted twice.
/// </remarks>
public static class SpectralDensity
{
    /// <summary>Estimates the density.</summary>
    /// <param name="matrix">The operator.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Asked before each product.</param>
    /// <param name="progress">Takes where it stands after each product, on the calling thread; may be null.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DensityResult Estimate(
        SymmetricOperator matrix, DensityOptions? options = null, CancellationToken cancellation = default, IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        options ??= new DensityOptions();
        options.Validate();
        var generator = new Philox(options.Seed).Split("density");
        List<double[]> nodes = [], weights = [];
        int steps = Math.Min(options.Steps, matrix.Dimension);
        // As many probes side by side as memory holds; each draws its own signs, so the result is the same.
        long memory = BasisMemory.Least(BasisMemory.Available, matrix.Processes);
        int most = BasisMemory.Choose(steps, steps, matrix.Dimension, matrix.DataType, "set fewer DensityOptions.Steps", memory);
        most = Math.Max(most, BasisMemory.Most(matrix.Dimension, matrix.DataType, memory));
        int together = Math.Min(options.BlockSize, Math.Min(most / steps, BlockArithmetic.MostRows(matrix.Dimension, matrix.DataType)));
        var products = new CountedProducts(matrix, (long)options.Probes * steps, cancellation, progress);
        for (int done = 0; done < options.Probes; done += together)
            Run(matrix, products, Math.Min(together, options.Probes - done), steps, generator, nodes, weights);
        return Smooth(nodes, weights, options, products.Count);
    }

    /// <summary>Runs several Lanczos processes side by side.</summary>
    private static void Run(
        SymmetricOperator matrix, CountedProducts products, int probes, int steps, Philox generator, List<double[]> nodes, List<double[]> weights)
    {
        var bases = Enumerable.Range(0, probes)
            .Select(_ => new OrthonormalBasis(steps, matrix.Dimension, matrix.DataType, matrix.Device, matrix.Processes)).ToArray();
        double[][,] projected = [.. bases.Select(_ => new double[steps, steps])];
        try
        {
            using (TensorScope.Begin())
            {
                foreach (var basis in bases)
                    _ = basis.Append(RandomSigns.Draw(1, matrix.Dimension, matrix.DataType, matrix.Device, generator), 0);
            }

            double[] sizes = new double[probes];
            for (int step = 0; step < steps; step++)
            {
                using var scope = TensorScope.Begin();
                // A process whose space is invariant is complete.
                int[] open = [.. Enumerable.Range(0, probes).Where(i => bases[i].Count > step)];
                if (open.Length == 0)
                    break;
                var rows = Tensor.Concat(0, [.. open.Select(i => bases[i].Rows(step, 1))]);
                var images = products.MatMat(rows);
                for (int i = 0; i < open.Length; i++)
                    Extend(bases[open[i]], projected[open[i]], images.Range(i, 1), step, matrix.DataType, ref sizes[open[i]]);
            }

            for (int i = 0; i < probes; i++)
            {
                var (values, vectors) = SymmetricEigen.Of(projected[i], bases[i].Count);
                nodes.Add([.. values.Select(products.Restore)]);
                weights.Add([.. Enumerable.Range(0, values.Length).Select(j => vectors[0, j] * vectors[0, j])]);
            }
        }
        finally
        {
            Array.ForEach(bases, basis => basis.Dispose());
        }
    }

    private static void Extend(OrthonormalBasis basis, double[,] projected, Tensor image, int step, DataType type, ref double size)
    {
        size = Math.Max(size, BlockArithmetic.Norm(image));
        double[,] inner = basis.Project(image);
        projected[step, step] = inner[0, step];
        double[,] rest = basis.Append(image, (type == DataType.Float32 ? 1e-6 : 1e-14) * size);
        if (rest.GetLength(1) == 1)
            projected[step, step + 1] = projected[step + 1, step] = rest[0, 0];
    }

    private static DensityResult Smooth(List<double[]> nodes, List<double[]> weights, DensityOptions options, long products)
    {
        double low = nodes.Min(probe => probe[0]), high = nodes.Max(probe => probe[^1]);
        double bandwidth = options.Bandwidth ?? Bandwidth(low, high);
        double start = low - (4 * bandwidth), step = (high - low + (8 * bandwidth)) / (options.Points - 1);
        double[] grid = [.. Enumerable.Range(0, options.Points).Select(i => start + (i * step))];
        double[] density = new double[grid.Length], errors = new double[grid.Length];
        for (int i = 0; i < grid.Length; i++)
        {
            double[] each = [.. nodes.Select((probe, p) => probe.Select((node, j) => weights[p][j] * Gaussian(grid[i] - node, bandwidth)).Sum())];
            (density[i], errors[i]) = Sample.Mean(each);
        }

        return new DensityResult(grid, density, errors, bandwidth, nodes, weights, products, options.Seed);
    }

    /// <summary>
    /// One percent of the width; of a spectrum that is one value, of that value, which says as much: nothing narrower is resolved. Of zeros there is no scale
    /// to take.
    /// </summary>
    private static double Bandwidth(double low, double high)
    {
        double size = Math.Max(Math.Abs(low), Math.Abs(high));
        return size == 0 ? 0.01 : 0.01 * (high - low > 1e-6 * size ? high - low : size);
    }

    private static double Gaussian(double distance, double deviation)
    {
        double x = distance / deviation;
        return Math.Exp(-0.5 * x * x) / (deviation * Math.Sqrt(2 * Math.PI));
    }
}
