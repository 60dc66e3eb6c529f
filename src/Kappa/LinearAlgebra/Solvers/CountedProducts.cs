using Kappa.LinearAlgebra.Operators;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>The products of one estimate with the normalised operator: counted, said after each, and none begun after a cancellation.</summary>
internal sealed class CountedProducts(SymmetricOperator matrix, long expected, CancellationToken cancellation, IProgress<SolverProgress>? progress)
{
    private readonly NormalizedOperator _matrix = new(matrix);

    internal long Count { get; private set; }

    internal Tensor MatMat(Tensor vectors)
    {
        cancellation.ThrowIfCancellationRequested();
        var result = Measure(vectors);
        Count += vectors.Shape[0];
        progress?.Report(new SolverProgress(Math.Min(1, Count / (double)expected), Count));
        return result;
    }

    /// <summary>A product that measures a result: it is not counted.</summary>
    internal Tensor Measure(Tensor vectors) => _matrix.MatMat(vectors);

    /// <summary>A value of the operator itself.</summary>
    internal double Restore(double value) => _matrix.Restore(value);
}
