using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>The empirical Fisher matrix, (1/k) sum of g_i g_i^T, with g_i the gradient of the loss of sample i.</summary>
/// <remarks>
/// A sample is what the data numbers: of text a whole sequence, with the mean over its tokens as its loss. Each product takes every sample's gradient once, a
/// few at a time. Kunstner, Balles and Hennig, 2019, arXiv 1905.12558, on what it is not.
/// </remarks>
public sealed class EmpiricalFisherOperator : RiskOperator
{
    /// <summary>The most bytes that gradients of samples take at a time.</summary>
    private const long MemoryLimit = 256L << 20;

    /// <summary>The matrix over a range of samples.</summary>
    /// <param name="risk">The mean loss.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    public EmpiricalFisherOperator(EmpiricalRisk risk, int first, int count)
        : base(risk, first, count) => Check();

    /// <summary>The matrix over all samples of a risk.</summary>
    /// <param name="risk">The mean loss.</param>
    public EmpiricalFisherOperator(EmpiricalRisk risk)
        : this(risk, 0, (risk ?? throw new ArgumentNullException(nameof(risk))).Samples.Count)
    {
    }

    private protected override IReadOnlyList<Tensor> BatchProduct(int first, int count, IReadOnlyList<Tensor> vectors)
    {
        int k = vectors[0].Shape[0];
        var rows = vectors[0].New([k, Dimension]);
        ParameterVectors.Join(vectors, rows);
        var sum = rows.NewZeros([k, Dimension]);
        int most = (int)Math.Clamp(MemoryLimit / ((long)Dimension * DataType.SizeOf()), 1, count);
        for (int start = first; start < first + count; start += most)
        {
            using var scope = TensorScope.Begin();
            int length = Math.Min(most, first + count - start);
            int from = start;
            var each = Differentiate.PerSampleGradients(i => Risk.Loss(from + i, 1), length, Risk.Leaves);
            var gradients = rows.New([length, Dimension]);
            ParameterVectors.Join(each, gradients);
            var inner = rows.New([k, length]);
            inner.Backend.MatMul(false, true, rows, gradients, inner, accumulate: false);
            inner.Backend.Affine(inner, 1.0 / count, 0, inner);
            sum.Backend.MatMul(false, false, inner, gradients, sum, accumulate: true);
        }

        return ParameterVectors.Split(sum, Risk.Leaves);
    }
}
