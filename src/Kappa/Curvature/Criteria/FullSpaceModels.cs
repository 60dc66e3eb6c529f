using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Curvature.Criteria;

/// <summary>Delta_2 in closed form for a whole curve over k, from one pass over the data with random signs as vectors.</summary>
public static class FullSpaceModels
{
    /// <summary>The models for each k.</summary>
    /// <param name="risk">The mean loss; w* is where its parameters are.</param>
    /// <param name="sizes">Each k.</param>
    /// <param name="probes">Random vectors for the traces, 2 or more.</param>
    /// <param name="candidates">How many samples after the first k are added, each by itself.</param>
    /// <param name="seed">Of the random vectors.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    /// <param name="progress">Takes where it stands after each batch, on the calling thread; may be null.</param>
    /// <returns>In ascending order of k, and within it for each added sample.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<FullSpaceModel> Along(
        EmpiricalRisk risk, IReadOnlyList<int> sizes, int probes = 16, int candidates = 1, ulong seed = 0, CancellationToken cancellation = default,
        IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(risk);
        SolverChecks.AtLeast(probes, 2, "probes");
        SolverChecks.Vectors(probes, risk.Dimension, risk.DataType, "probes of the full space");
        int[] sorted = ProbeChecks.Sizes(risk, sizes, candidates);
        using var outer = TensorScope.Begin();
        var vectors = RandomSigns.Draw(probes, risk.Dimension, risk.DataType, risk.Device, new Philox(seed).Split("full space"));
        var parts = ParameterVectors.Split(vectors, risk.Leaves);
        using var products = new ParameterSum(risk.Leaves, probes);
        using var gradients = new ParameterSum(risk.Leaves, null);
        double loss = 0;
        int done = 0;
        long multiplied = 0;
        var models = new List<FullSpaceModel>();
        foreach (int k in sorted)
        {
            foreach (var (first, count) in risk.Batches(done, k - done))
            {
                using var scope = TensorScope.Begin();
                var batch = MeasureNext(first, count);
                products.Add(batch.Products, count);
                gradients.Add(batch.Gradient!, count);
                loss += count * batch.Value;
            }

            done = k;
            for (int added = k; added < k + candidates; added++)
                models.Add(Model(MeasureNext(added, 1), k, added));
        }

        return models;

        HessianProduct MeasureNext(int first, int count)
        {
            cancellation.ThrowIfCancellationRequested();
            var measured = Measure(risk, parts, first, count);
            multiplied += probes;
            progress?.Report(new SolverProgress(Math.Min(1, (first + count) / (double)(sorted[^1] + candidates)), multiplied));
            return measured;
        }

        FullSpaceModel Model(HessianProduct sample, int k, int added)
        {
            using var scope = TensorScope.Begin();
            double squaredGradient = Difference(sample.Gradient!, gradients.Parts, k).Sum(BlockArithmetic.SquaredNorm);
            var differences = Difference(sample.Products, products.Parts, k);
            double[] first = new double[probes], second = new double[probes];
            for (int i = 0; i < probes; i++)
            {
                for (int leaf = 0; leaf < parts.Length; leaf++)
                {
                    var product = differences[leaf].Entry(i);
                    first[i] += BlockArithmetic.Dot(parts[leaf].Entry(i), product);
                    second[i] += BlockArithmetic.SquaredNorm(product);
                }
            }

            var (trace, traceError) = Sample.Mean(first);
            var (square, squareError) = Sample.Mean(second);
            return new FullSpaceModel(
                k, added, StabilizationEquations.Increment(sample.Value, loss / k, k), squaredGradient, trace, traceError, square, squareError, probes);
        }
    }

    /// <summary>(sample - sum / k) / (k + 1), by parameter.</summary>
    private static Tensor[] Difference(IReadOnlyList<Tensor> sample, IReadOnlyList<Tensor> sum, int k) => [.. sample.Select((own, leaf) =>
    {
        var result = own.Clone();
        BlockArithmetic.AddScaled(sum[leaf], -1.0 / k, result);
        BlockArithmetic.Scale(result, 1.0 / (k + 1));
        return result;
    })];

    private static HessianProduct Measure(EmpiricalRisk risk, Tensor[] parts, int first, int count)
    {
        using var recorded = new RecordedFunction(() => risk.Loss(first, count), risk.Leaves);
        return recorded.HessianProduct(parts, withGradient: true);
    }
}
