using System.Numerics;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Vectors;
using Kappa.Tests.Shared;

namespace Kappa.Tests.Tensors.Cpu.Products;

[Collection(KernelCases.Name)]
public sealed unsafe class MatrixProductTests
{
    private static readonly (int M, int N, int K)[] Shapes =
    [
        (0, 5, 3), (5, 0, 3), (5, 3, 0), (1, 1, 1), (2, 3, 4), (12, 32, 16), (13, 33, 17), (11, 31, 1), (7, 6, 64), (64, 6, 64), (6, 64, 64),
        (64, 64, 17), (25, 49, 100), (128, 10, 512), (70, 100, 130), (65, 70, 1030), (37, 300, 90), (170, 65, 33), (1, 200, 50), (200, 1, 50),
    ];

    [Fact]
    public void Float_product_is_the_naive_one_for_every_width_transposition_and_stride() => AllShapes<float>(1.2e-7);

    [Fact]
    public void Double_product_is_the_naive_one_for_every_width_transposition_and_stride() => AllShapes<double>(2.3e-16);

    [Fact]
    public void Random_shapes_agree_with_the_naive_product()
    {
        var random = new Random(7);
        foreach (var width in KernelCases.Widths)
        {
            using var forced = CpuFeatures.Force(width);
            for (int repetition = 0; repetition < 150; repetition++)
            {
                int m = random.Next(1, 90), n = random.Next(1, 120), k = random.Next(1, 150);
                Check<float>(random, m, n, k, repetition % 2 == 0, repetition % 4 < 2, random.Next(40), repetition % 3 == 0, 1.2e-7);
            }
        }
    }

    [Fact]
    public void Strides_of_4096_bytes_and_operands_beyond_the_cache_agree_with_the_naive_product()
    {
        var random = new Random(3);
        foreach (var width in KernelCases.Widths)
        {
            using var forced = CpuFeatures.Force(width);
            Check<float>(random, 180, 270, 70, false, false, 0, true, 1.2e-7, leading: 1024);
            Check<float>(random, 180, 330, 1100, false, false, 0, false, 1.2e-7);
            Check<float>(random, 100, 4200, 20, false, false, 0, false, 1.2e-7);
            Check<float>(random, 20, 4200, 70, true, true, 0, true, 1.2e-7);
        }
    }

    [Fact]
    public void Result_does_not_depend_on_the_thread_count()
    {
        var random = new Random(11);
        foreach (var (m, n, k) in new[] { (128, 512, 784), (300, 200, 1500), (97, 130, 64), (784, 96, 600) })
        {
            for (int flags = 0; flags < 4; flags++)
            {
                bool transposeA = (flags & 1) != 0, transposeB = (flags & 2) != 0;
                using var a = transposeA ? AlignedMatrix<float>.Random(k, m, 0, random) : AlignedMatrix<float>.Random(m, k, 0, random);
                using var b = transposeB ? AlignedMatrix<float>.Random(n, k, 0, random) : AlignedMatrix<float>.Random(k, n, 0, random);
                using var expected = new AlignedMatrix<float>(m, n, 0);
                KernelCases.WithThreads(1, () => Multiply(transposeA, transposeB, a, b, expected, k, false));
                foreach (int threads in new[] { 2, 3 })
                {
                    using var actual = new AlignedMatrix<float>(m, n, 0);
                    for (int repetition = 0; repetition < 3; repetition++)
                        KernelCases.WithThreads(threads, () => Multiply(transposeA, transposeB, a, b, actual, k, false));
                    actual.AssertSameBits(expected, $"{m}x{k}x{n}, flags {flags}, {threads} threads");
                }
            }
        }
    }

    [Fact]
    public void Fused_widths_give_the_same_bits()
    {
        if (CpuFeatures.Widest != VectorWidth.Vector512)
            return;
        var random = new Random(5);
        using var a = AlignedMatrix<float>.Random(70, 300, 0, random);
        using var b = AlignedMatrix<float>.Random(90, 300, 0, random);
        using var wide = new AlignedMatrix<float>(70, 90, 0);
        using var narrow = new AlignedMatrix<float>(70, 90, 0);
        Multiply(false, true, a, b, wide, 300, false);
        using var forced = CpuFeatures.Force(VectorWidth.Vector256);
        Multiply(false, true, a, b, narrow, 300, false);
        narrow.AssertSameBits(wide, "256 against 512 bits");
    }

    [Fact]
    public void Not_a_number_propagates_through_a_zero()
    {
        foreach (var width in KernelCases.Widths)
        {
            using var forced = CpuFeatures.Force(width);
            using var a = new AlignedMatrix<float>(20, 30, 0);
            using var b = new AlignedMatrix<float>(30, 40, 0);
            new Span<float>(a.Pointer, 600).Clear();
            new Span<float>(b.Pointer, 1200).Clear();
            b[29, 39] = float.NaN;
            a[3, 0] = float.PositiveInfinity;
            using var c = new AlignedMatrix<float>(20, 40, 0);
            Multiply(false, false, a, b, c, 30, false);
            for (int i = 0; i < 20; i++)
            {
                for (int j = 0; j < 40; j++)
                    Assert.Equal(i == 3 || j == 39, float.IsNaN(c[i, j]));
            }
        }
    }

    [Fact]
    public void A_product_allocates_nothing_once_warm()
    {
        var random = new Random(1);
        using var a = AlignedMatrix<float>.Random(128, 784, 0, random);
        using var b = AlignedMatrix<float>.Random(512, 784, 0, random);
        using var c = new AlignedMatrix<float>(128, 512, 0);
        Multiply(false, true, a, b, c, 784, false);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 20; i++)
                Multiply(false, true, a, b, c, 784, false);
        }));
    }

    private static void AllShapes<T>(double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new Random(42);
        foreach (var width in KernelCases.Widths)
        {
            using var forced = CpuFeatures.Force(width);
            foreach (var (m, n, k) in Shapes)
            {
                for (int flags = 0; flags < 8; flags++)
                    Check<T>(random, m, n, k, (flags & 1) != 0, (flags & 2) != 0, flags * 3, (flags & 4) != 0, epsilon);
            }
        }
    }

    private static void Check<T>(
        Random random, int m, int n, int k, bool transposeA, bool transposeB, int padding, bool accumulate, double epsilon, int leading = 0)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (rowsA, columnsA) = transposeA ? (k, m) : (m, k);
        var (rowsB, columnsB) = transposeB ? (n, k) : (k, n);
        using var a = AlignedMatrix<T>.Random(rowsA, columnsA, leading != 0 ? leading : columnsA + padding, random);
        using var b = AlignedMatrix<T>.Random(rowsB, columnsB, leading != 0 ? leading : columnsB + (padding / 2), random);
        using var c = AlignedMatrix<T>.Random(m, n, n + padding, random);
        double[,] before = c.ToDoubles();
        Multiply(transposeA, transposeB, a, b, c, k, accumulate);
        string what = $"{CpuFeatures.Selected} m={m} n={n} k={k} transposeA={transposeA} transposeB={transposeB} padding={padding} accumulate={accumulate}";
        c.AssertGuardsUntouched(what);
        double[,] left = a.ToDoubles(), right = b.ToDoubles();
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = accumulate ? before[i, j] : 0, size = Math.Abs(sum);
                for (int p = 0; p < k; p++)
                {
                    double term = (transposeA ? left[p, i] : left[i, p]) * (transposeB ? right[j, p] : right[p, j]);
                    sum += term;
                    size += Math.Abs(term);
                }
                double error = Math.Abs(double.CreateChecked(c[i, j]) - sum);
                Assert.True(error <= (k + 2) * epsilon * size, $"{what}: element ({i}, {j}) is off by {error}, got {c[i, j]}, expected {sum}");
            }
        }
    }

    private static void Multiply<T>(bool transposeA, bool transposeB, AlignedMatrix<T> a, AlignedMatrix<T> b, AlignedMatrix<T> c, int k, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            MatrixProduct.Multiply(
                transposeA, transposeB, c.Rows, c.Columns, k, (float*)a.Pointer, a.Leading, (float*)b.Pointer, b.Leading, (float*)c.Pointer, c.Leading,
                accumulate);
        }
        else
        {
            MatrixProduct.Multiply(
                transposeA, transposeB, c.Rows, c.Columns, k, (double*)a.Pointer, a.Leading, (double*)b.Pointer, b.Leading, (double*)c.Pointer, c.Leading,
                accumulate);
        }
    }
}
