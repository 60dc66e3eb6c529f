using Kappa.LinearAlgebra.Operators;
using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra;

/// <summary>diag(values) + u u^T with u of length 1 over all elements, which every process of a group multiplies by itself: only what a solver shares is
/// shared.</summary>
internal sealed class SharedMatrix(double[] values, DataType type, IProcessGroup? processes) : SymmetricOperator(values.Length, type)
{
    public override IProcessGroup? Processes => processes;

    /// <summary>What a product does first, given how many there were.</summary>
    internal Action<long> Before { get; init; } = _ => { };

    protected override Tensor ApplyCore(Tensor vectors)
    {
        Before(PassCount);
        double[] x = vectors.To(DataType.Float64).ToArray<double>(), y = new double[x.Length];
        for (int row = 0; row < vectors.Shape[0]; row++)
        {
            int start = row * values.Length;
            double mean = x.AsSpan(start, values.Length).ToArray().Sum() / values.Length;
            for (int i = 0; i < values.Length; i++)
                y[start + i] = (values[i] * x[start + i]) + mean;
        }

        return Tensor.From(y, [vectors.Shape[0], values.Length]).To(DataType);
    }
}
