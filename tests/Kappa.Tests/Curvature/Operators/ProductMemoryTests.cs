using Kappa.Curvature.Operators;
using Kappa.Networks;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Memory;
using Kappa.Tests.Tensors.Cpu;

namespace Kappa.Tests.Curvature.Operators;

/// <summary>A thousand Hessian products of a transformer retain nothing: not in the pool, not on the managed heap. Alone in the process, since the heap is that
/// of all tests.</summary>
[Collection(KernelCases.Name)]
public sealed class ProductMemoryTests
{
    /// <summary>What the heap may grow by in 990 products: 66 bytes each, less than one small object; one vector kept would be 20 kB each.</summary>
    private const long Bound = 64 << 10;

    [Theory]
    [InlineData(1000, true)]
    [InlineData(150, false)]
    public void Hessian_products_of_a_transformer_leave_the_heap_and_the_pool_where_ten_did(int products, bool inScope)
    {
        var matrix = Hessian();
        using var vectors = Tensor.Normal([2, matrix.Dimension], new Philox(1)).Keep();
        void Multiply(int times)
        {
            for (int i = 0; i < times; i++)
            {
                // A scope gives back at once what the collector would find later.
                using var scope = inScope ? TensorScope.Begin() : null;
                _ = matrix.MatMat(vectors);
            }
        }

        Multiply(10);
        long pool = StoragePool.AllocatedBytes, grown = long.MaxValue;
        int rounds = 0;
        // What products keep, every round adds; what the process does beside them (the test runner's own messages) one of three does not.
        for (; rounds < 3 && grown > Bound; rounds++)
        {
            long heap = Heap();
            Multiply(products - 10);
            grown = Heap() - heap;
        }

        Assert.True(grown <= Bound, $"the heap grew by {grown} bytes in {products - 10} products, and by too much in two rounds before; {Bound} are allowed");
        if (inScope)
            Assert.Equal(pool, StoragePool.AllocatedBytes);
        Assert.Equal(2 * (10 + (rounds * (products - 10))), matrix.ProductCount);
    }

    private static HessianOperator Hessian()
    {
        const int Vocabulary = 24, Positions = 8, Samples = 4;
        var model = new Transformer(
            new TransformerOptions { VocabularySize = Vocabulary, ContextLength = Positions, Width = 16, Layers = 2, Heads = 4, KeyHeads = 2 });
        _ = model.Initialize(new Philox(5));
        model.Eval();
        int[] tokens = [.. Enumerable.Range(0, (Samples * Positions) + 1).Select(i => i * i % Vocabulary)];
        var samples = new SampleSource(Tensor.From(tokens[..^1], [Samples, Positions]).Keep(), Tensor.From(tokens[1..], [Samples, Positions]).Keep());
        Tensor MeanLoss(Tensor output, Tensor targets) => Loss.CrossEntropy(output.Reshape([targets.Count, Vocabulary]), targets.Reshape([targets.Count]));
        return new HessianOperator(model, MeanLoss, samples, new RiskOptions { BatchSize = 3 });
    }

    private static long Heap()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
