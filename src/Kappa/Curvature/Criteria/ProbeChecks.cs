using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;

namespace Kappa.Curvature.Criteria;

/// <summary>Checks of what a criterion is asked for.</summary>
internal static class ProbeChecks
{
    internal static void Sampling(double sigma, int samples)
    {
        SolverChecks.AtLeast(samples, 2, "samples");
        SolverChecks.Positive(sigma, "sigma");
    }

    internal static void Subspace(EmpiricalRisk risk, Tensor subspace)
    {
        if (subspace.Rank != 2 || subspace.Shape[1] != risk.Dimension || subspace.DataType != risk.DataType || subspace.Shape[0] == 0)
            throw new TensorShapeException($"the subspace must be rows [D, {risk.Dimension}] {risk.DataType}; got {subspace.Shape} {subspace.DataType}");
        if (subspace.Shape[0] > risk.Dimension)
            throw new TensorShapeException($"a space of {risk.Dimension} parameters has no {subspace.Shape[0]} orthogonal directions; choose a smaller D");
    }

    /// <summary>The sizes in ascending order, each once, each with samples left to add.</summary>
    internal static int[] Sizes(EmpiricalRisk risk, IReadOnlyList<int> sizes, int candidates)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        SolverChecks.AtLeast(candidates, 1, "candidates");
        int[] sorted = [.. sizes.Distinct().Order()];
        if (sorted.Length == 0)
            throw new ArgumentException("expected one k or more", nameof(sizes));
        IncrementChecks.RequireSample(risk, sorted[0]);
        IncrementChecks.RequireSample(risk, sorted[^1]);
        if (sorted[^1] + (long)candidates > risk.Samples.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(sizes), sorted[^1],
                $"k = {sorted[^1]} and {candidates} samples to add need {sorted[^1] + (long)candidates}; the data has {risk.Samples.Count}. Use a smaller k, "
                + "or more data");
        }

        return sorted;
    }
}
