using Kappa.Tensors;

namespace Kappa.Curvature;

/// <summary>The products of one estimate: counted, said after each, and none begun after a cancellation.</summary>
internal sealed class CountedProducts(LinearOperator matrix, long expected, CancellationToken cancellation, IProgress<SolverProgress>? progress)
{
    internal long Count { get; private set; }

    internal Tensor MatMat(Tensor vectors)
    {
        cancellation.ThrowIfCancellationRequested();
        var result = matrix.MatMat(vectors);
        Count += vectors.Shape[0];
        progress?.Report(new SolverProgress(Math.Min(1, Count / (double)expected), Count));
        return result;
    }
}
