using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;

namespace Kappa.Curvature.Criteria;

/// <summary>Builds the quadratic models of a whole curve over k in one pass over the data.</summary>
public static class IncrementModels
{
    /// <summary>a, c and B for each k.</summary>
    /// <param name="risk">The mean loss; w* is where its parameters are.</param>
    /// <param name="subspace">U: orthonormal rows, <c>[D, N]</c>, such as <see cref="EigenResult.Eigenvectors"/>.</param>
    /// <param name="sizes">Each k, 1 to one less than the samples.</param>
    /// <param name="candidates">How many samples after the first k are added, each by itself, for each k: more show how much depends on which sample it
    /// is.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    /// <param name="progress">Takes where it stands after each batch, on the calling thread; may be null.</param>
    /// <returns>A model for each k in ascending order, and within it for each added sample.</returns>
    /// <remarks>
    /// Loss, gradient and Hessian products of a batch come from one pass, which is split where samples are added. Cost: D products over the largest k samples
    /// and one more sample for each k and candidate, instead of 2 D over each k. Sums over samples are in double, so float32 loses nothing to a large k.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">A k leaves no sample to add.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<IncrementModel> Along(
        EmpiricalRisk risk, Tensor subspace, IReadOnlyList<int> sizes, int candidates = 1, CancellationToken cancellation = default,
        IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(risk);
        ArgumentNullException.ThrowIfNull(subspace);
        ProbeChecks.Subspace(risk, subspace);
        int[] sorted = ProbeChecks.Sizes(risk, sizes, candidates);
        using var outer = TensorScope.Begin();
        var parts = ParameterVectors.Split(subspace, risk.Leaves);
        var mean = new CompressedSum(subspace.Shape[0]);
        var models = new List<IncrementModel>();
        long products = 0;
        foreach (int k in sorted)
        {
            foreach (var (first, count) in risk.Batches(mean.Samples, k - mean.Samples))
                mean.Add(MeasureNext(first, count), count);
            for (int added = k; added < k + candidates; added++)
                models.Add(mean.Increment(MeasureNext(added, 1), added));
        }

        return models;

        Compressed MeasureNext(int first, int count)
        {
            cancellation.ThrowIfCancellationRequested();
            var measured = Measure(risk, parts, first, count);
            products += parts[0].Shape[0];
            progress?.Report(new SolverProgress(Math.Min(1, (first + count) / (double)(sorted[^1] + candidates)), products));
            return measured;
        }
    }

    /// <summary>The coefficients for one k.</summary>
    /// <param name="risk">The mean loss.</param>
    /// <param name="subspace">U, <c>[D, N]</c>.</param>
    /// <param name="k">Samples before the one that is added.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    public static IncrementModel At(EmpiricalRisk risk, Tensor subspace, int k, CancellationToken cancellation = default) =>
        Along(risk, subspace, [k], cancellation: cancellation)[0];

    /// <summary>The coefficients for one k where U^T H^(k) U is known, as it is for eigenvectors of H^(k): products with the Hessian of one sample
    /// alone.</summary>
    /// <param name="risk">The mean loss.</param>
    /// <param name="eigenpairs">Of H^(k), over the first k samples.</param>
    /// <param name="k">Samples before the one that is added.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    /// <remarks>B then carries the eigenpairs' residuals, over k + 1. Cost: a gradient over k samples, and D products over one.</remarks>
    public static IncrementModel At(EmpiricalRisk risk, EigenResult eigenpairs, int k, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(risk);
        ArgumentNullException.ThrowIfNull(eigenpairs);
        ProbeChecks.Subspace(risk, eigenpairs.Eigenvectors);
        _ = ProbeChecks.Sizes(risk, [k], 1);
        using var outer = TensorScope.Begin();
        var parts = ParameterVectors.Split(eigenpairs.Eigenvectors, risk.Leaves);
        var mean = new CompressedSum(parts[0].Shape[0]);
        foreach (var (first, count) in risk.Batches(0, k))
        {
            cancellation.ThrowIfCancellationRequested();
            mean.Add(MeasureGradient(risk, parts, first, count), count);
        }

        cancellation.ThrowIfCancellationRequested();
        mean.SetCurvature(eigenpairs.Eigenvalues);
        return mean.Increment(Measure(risk, parts, k, 1), k);
    }

    private static Compressed Measure(EmpiricalRisk risk, Tensor[] parts, int first, int count)
    {
        using var scope = TensorScope.Begin();
        var product = risk.Derivatives.HessianProduct(first, count, parts, withGradient: true);
        int d = parts[0].Shape[0];
        double[,] curvature = new double[d, d];
        for (int leaf = 0; leaf < parts.Length; leaf++)
        {
            int length = parts[leaf].Count / d;
            double[,] share = BlockArithmetic.Gram(parts[leaf].Alias([d, length]), product.Products[leaf].Alias([d, length]));
            for (int i = 0; i < d; i++)
            {
                for (int j = 0; j < d; j++)
                    curvature[i, j] += share[i, j];
            }
        }

        return new Compressed(product.Value, Project(parts, product.Gradient!), curvature);
    }

    private static Compressed MeasureGradient(EmpiricalRisk risk, Tensor[] parts, int first, int count)
    {
        using var scope = TensorScope.Begin();
        var (value, gradient) = risk.Derivatives.Gradient(first, count);
        return new Compressed(value, Project(parts, gradient), null);
    }

    private static double[] Project(Tensor[] parts, IReadOnlyList<Tensor> gradient)
    {
        double[] result = new double[parts[0].Shape[0]];
        for (int leaf = 0; leaf < parts.Length; leaf++)
        {
            for (int i = 0; i < result.Length; i++)
                result[i] += BlockArithmetic.Dot(parts[leaf].Entry(i), gradient[leaf]);
        }

        return result;
    }
}
