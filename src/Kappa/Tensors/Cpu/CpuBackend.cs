using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Factorization;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <summary>The backend of this machine's processor.</summary>
internal sealed unsafe partial class CpuBackend : Backend
{
    /// <summary>Elements in one chunk of parallel elementwise work: fixed, so that results do not depend on the thread count.</summary>
    internal const int ChunkLength = 16 * 1024;

    /// <summary>The most rows of a matrix that is factored by one thread, beside others: it is too small to be shared out.</summary>
    private const int SmallMatrix = 256;

    internal override void MatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        int m = c.Shape[0];
        int n = c.Shape[1];
        int k = transposeA ? a.Shape[0] : a.Shape[1];
        int lda = a.Shape[1];
        int ldb = b.Shape[1];
        if (c.DataType == DataType.Float32)
            MatrixProduct.Multiply(transposeA, transposeB, m, n, k, a.Pointer<float>(), lda, b.Pointer<float>(), ldb, c.Pointer<float>(), n, accumulate);
        else
            MatrixProduct.Multiply(transposeA, transposeB, m, n, k, a.Pointer<double>(), lda, b.Pointer<double>(), ldb, c.Pointer<double>(), n, accumulate);
    }

    internal override void BatchMatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        int m = c.Shape[1], n = c.Shape[2], k = a.Shape[transposeA ? 1 : 2], lda = a.Shape[2], ldb = b.Shape[2];
        long sizeA = (long)m * k, sizeB = (long)n * k, sizeC = (long)m * n;
        for (int i = 0; i < c.Shape[0]; i++)
        {
            if (c.DataType == DataType.Float32)
            {
                MatrixProduct.Multiply(
                    transposeA, transposeB, m, n, k, a.Pointer<float>() + (i * sizeA), lda, b.Pointer<float>() + (i * sizeB), ldb,
                    c.Pointer<float>() + (i * sizeC), n, accumulate);
            }
            else
            {
                MatrixProduct.Multiply(
                    transposeA, transposeB, m, n, k, a.Pointer<double>() + (i * sizeA), lda, b.Pointer<double>() + (i * sizeB), ldb,
                    c.Pointer<double>() + (i * sizeC), n, accumulate);
            }
        }
    }

    internal override void Linear(Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y)
    {
        int rows = y.Shape[0];
        int columns = y.Shape[1];
        var product = beforeActivation ?? y;
        MatMul(false, true, x, weight, product, accumulate: false);
        if (bias is null && activation == UnaryKernel.Identity)
            return;
        if (y.DataType == DataType.Float32)
            BiasActivation.Run(rows, columns, product.Pointer<float>(), bias is null ? null : bias.Pointer<float>(), activation, y.Pointer<float>());
        else
            BiasActivation.Run(rows, columns, product.Pointer<double>(), bias is null ? null : bias.Pointer<double>(), activation, y.Pointer<double>());
    }

    internal override PackedWeight Pack(Tensor weight) =>
        weight.DataType == DataType.Float32 ? PackedProduct.Pack<float>(weight) : PackedProduct.Pack<double>(weight);

    internal override void MultiplyPacked(Tensor x, PackedWeight weight, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            PackedProduct.Multiply(result.Shape[0], x.Pointer<float>(), weight, result.Pointer<float>());
        else
            PackedProduct.Multiply(result.Shape[0], x.Pointer<double>(), weight, result.Pointer<double>());
    }

    internal override void SymmetricRankUpdate(bool transposed, Tensor a, Tensor c, double scale, bool accumulate)
    {
        int n = c.Shape[0];
        int k = transposed ? a.Shape[0] : a.Shape[1];
        if (c.DataType == DataType.Float32)
            Products.SymmetricRankUpdate.Compute(transposed, n, k, a.Pointer<float>(), a.Shape[1], c.Pointer<float>(), n, (float)scale, accumulate);
        else
            Products.SymmetricRankUpdate.Compute(transposed, n, k, a.Pointer<double>(), a.Shape[1], c.Pointer<double>(), n, scale, accumulate);
    }

    internal override int CholeskyFactor(Tensor a) => Factor(a);

    internal override int[] CholeskyFactors(Tensor[] matrices)
    {
        if (!Array.TrueForAll(matrices, matrix => matrix.Shape[0] <= SmallMatrix))
            return Array.ConvertAll(matrices, Factor);
        var job = new FactorJob { Matrices = matrices, Bad = new int[matrices.Length] };
        WorkerPool.Run(matrices.Length, ref job);
        return job.Bad;
    }

    internal override void CholeskySolveLeft(Tensor lower, Tensor b, Tensor x)
    {
        int n = b.Shape[0], columns = b.Shape[1];
        if (b.DataType == DataType.Float32)
            TriangularSolve.SolveProductLeft(n, columns, lower.Pointer<float>(), n, b.Pointer<float>(), columns, x.Pointer<float>(), columns);
        else
            TriangularSolve.SolveProductLeft(n, columns, lower.Pointer<double>(), n, b.Pointer<double>(), columns, x.Pointer<double>(), columns);
    }

    internal override void CholeskySolveRight(Tensor lower, Tensor b, Tensor x)
    {
        int rows = b.Shape[0], n = b.Shape[1];
        if (b.DataType == DataType.Float32)
            TriangularSolve.SolveProductRight(rows, n, lower.Pointer<float>(), n, b.Pointer<float>(), n, x.Pointer<float>(), n);
        else
            TriangularSolve.SolveProductRight(rows, n, lower.Pointer<double>(), n, b.Pointer<double>(), n, x.Pointer<double>(), n);
    }

    private static int Factor(Tensor matrix) => matrix.DataType == DataType.Float32
        ? Cholesky.Factor(matrix.Shape[0], matrix.Pointer<float>(), matrix.Shape[1])
        : Cholesky.Factor(matrix.Shape[0], matrix.Pointer<double>(), matrix.Shape[1]);

    private struct FactorJob : IParallelJob
    {
        internal Tensor[] Matrices;
        internal int[] Bad;

        public readonly void Execute(int chunk) => Bad[chunk] = Factor(Matrices[chunk]);
    }
}
