using Kappa.LinearAlgebra.Operators;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra;

/// <summary>Q diag(values) Q^T with Q a product of reflections, so that the spectrum is known and the eigenvectors are not the axes.</summary>
internal sealed class KnownMatrix : IDisposable
{
    private readonly Tensor _dense;

    internal KnownMatrix(double[] values, DataType type = DataType.Float64)
    {
        int n = values.Length;
        double[,] matrix = new double[n, n];
        for (int i = 0; i < n; i++)
            matrix[i, i] = values[i];
        var generator = new Philox(11);
        for (int reflection = 0; reflection < 3; reflection++)
            Reflect(matrix, n, generator);
        double[] rows = new double[n * n];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = 0.5 * (matrix[i / n, i % n] + matrix[i % n, i / n]);
        _dense = Tensor.From(rows, [n, n]).To(type).Keep();
        Operator = new DelegateOperator(n, type, vectors => vectors.MatMul(_dense));
    }

    internal DelegateOperator Operator { get; }

    public void Dispose() => _dense.Dispose();

    /// <summary>(I - 2 h h^T) A (I - 2 h h^T).</summary>
    private static void Reflect(double[,] a, int n, Philox generator)
    {
        double[] h = [.. Enumerable.Range(0, n).Select(_ => generator.NextNormal())];
        double norm = Math.Sqrt(h.Sum(x => x * x));
        h = [.. h.Select(x => x / norm)];
        double[] product = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => a[i, j] * h[j]))];
        double middle = product.Zip(h, (x, y) => x * y).Sum();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                a[i, j] += (-2 * h[i] * product[j]) - (2 * product[i] * h[j]) + (4 * middle * h[i] * h[j]);
        }
    }
}
