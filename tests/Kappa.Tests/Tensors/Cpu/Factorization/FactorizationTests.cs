using System.Numerics;
using Kappa.Tensors.Cpu.Factorization;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tests.Tensors.Cpu.Factorization;

[Collection(KernelCases.Name)]
public sealed unsafe class FactorizationTests
{
    private const double FloatEpsilon = 1.2e-7;
    private const double DoubleEpsilon = 2.3e-16;

    [Fact]
    public void Symmetric_product_is_the_naive_one_and_exactly_symmetric()
    {
        var random = new Random(1);
        foreach (var width in KernelCases.Widths)
        {
            using var forced = CpuFeatures.Force(width);
            foreach (var (n, k) in new[] { (0, 3), (1, 1), (5, 0), (7, 40), (31, 5), (33, 64), (100, 77), (130, 200), (70, 900) })
            {
                for (int flags = 0; flags < 4; flags++)
                {
                    CheckSymmetric<float>(random, (flags & 1) != 0, n, k, (flags & 2) != 0, flags * 5, FloatEpsilon);
                    CheckSymmetric<double>(random, (flags & 1) != 0, n, k, (flags & 2) != 0, flags * 5, DoubleEpsilon);
                }
            }
        }
    }

    [Fact]
    public void Cholesky_factor_reproduces_the_matrix()
    {
        var random = new Random(2);
        foreach (var width in KernelCases.Widths)
        {
            using var forced = CpuFeatures.Force(width);
            foreach (int n in new[] { 0, 1, 2, 7, 31, 32, 33, 50, 64, 100, 129, 200 })
            {
                CheckCholesky<float>(random, n, n + 3, FloatEpsilon);
                CheckCholesky<double>(random, n, n, DoubleEpsilon);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(77)]
    [InlineData(149)]
    public void Cholesky_reports_the_first_bad_pivot(int bad)
    {
        foreach (float value in new[] { -1f, 0f, float.NaN, float.PositiveInfinity })
        {
            using var a = new AlignedMatrix<float>(150, 150, 0);
            new Span<float>(a.Pointer, 150 * 150).Clear();
            for (int i = 0; i < 150; i++)
                a[i, i] = i == bad || (i == 149 && bad != 149) ? value : 2;
            Assert.Equal(bad, Cholesky.Factor(150, a.Pointer, a.Leading));
        }
    }

    [Fact]
    public void Cholesky_finds_an_indefinite_matrix_whose_diagonal_is_positive()
    {
        using var a = new AlignedMatrix<double>(80, 80, 0);
        for (int i = 0; i < 80; i++)
        {
            for (int j = 0; j < 80; j++)
                a[i, j] = i == j ? 1 : i + j == 79 && Math.Min(i, j) == 30 ? 1.5 : 0;
        }
        // Rows 30 and 49 are coupled by more than their diagonal.
        Assert.Equal(49, Cholesky.Factor(80, a.Pointer, a.Leading));
    }

    [Fact]
    public void All_four_solves_undo_the_multiplication()
    {
        var random = new Random(4);
        foreach (var width in KernelCases.Widths)
        {
            using var forced = CpuFeatures.Force(width);
            foreach (var (n, count) in new[] { (0, 3), (3, 0), (1, 1), (5, 7), (8, 32), (9, 33), (31, 100), (64, 17), (100, 40), (130, 50), (200, 97) })
            {
                for (int flags = 0; flags < 4; flags++)
                {
                    CheckSolve<float>(random, (flags & 1) != 0, (flags & 2) != 0, n, count, flags * 7, FloatEpsilon);
                    CheckSolve<double>(random, (flags & 1) != 0, (flags & 2) != 0, n, count, flags * 7, DoubleEpsilon);
                }
            }
        }
    }

    [Fact]
    public void Both_substitutions_at_once_are_the_two_solves_to_the_last_bit_and_leave_the_right_hand_side()
    {
        var random = new Random(5);
        foreach (var width in KernelCases.Widths)
        {
            using var forced = CpuFeatures.Force(width);
            foreach (var (n, count) in new[] { (1, 1), (8, 33), (31, 150), (100, 40), (129, 260) })
            {
                using var l = AlignedMatrix<float>.Random(n, n, n + 3, random);
                for (int i = 0; i < n; i++)
                    l[i, i] = 1 + random.NextSingle();
                using var left = AlignedMatrix<float>.Random(n, count, count + 2, random);
                using var right = AlignedMatrix<float>.Random(count, n, n + 5, random);
                using var leftExpected = left.Clone();
                using var rightExpected = right.Clone();
                using var leftBefore = left.Clone();
                using var rightBefore = right.Clone();
                using var leftActual = AlignedMatrix<float>.Random(n, count, count + 2, random);
                using var rightActual = AlignedMatrix<float>.Random(count, n, n + 5, random);
                TriangularSolve.SolveLeft(false, n, count, l.Pointer, l.Leading, leftExpected.Pointer, leftExpected.Leading);
                TriangularSolve.SolveLeft(true, n, count, l.Pointer, l.Leading, leftExpected.Pointer, leftExpected.Leading);
                TriangularSolve.SolveRight(true, count, n, l.Pointer, l.Leading, rightExpected.Pointer, rightExpected.Leading);
                TriangularSolve.SolveRight(false, count, n, l.Pointer, l.Leading, rightExpected.Pointer, rightExpected.Leading);
                TriangularSolve.SolveProductLeft(n, count, l.Pointer, l.Leading, left.Pointer, left.Leading, leftActual.Pointer, leftActual.Leading);
                TriangularSolve.SolveProductRight(count, n, l.Pointer, l.Leading, right.Pointer, right.Leading, rightActual.Pointer, rightActual.Leading);
                string what = $"{width} n={n} count={count}";
                leftActual.AssertSameBits(leftExpected, what);
                rightActual.AssertSameBits(rightExpected, what);
                left.AssertSameBits(leftBefore, what);
                right.AssertSameBits(rightBefore, what);
                leftActual.AssertGuardsUntouched(what);
                rightActual.AssertGuardsUntouched(what);
            }
        }
    }

    [Fact]
    public void Results_do_not_depend_on_the_thread_count()
    {
        var random = new Random(9);
        using var a = AlignedMatrix<float>.Random(500, 300, 0, random);
        using var right = AlignedMatrix<float>.Random(200, 300, 0, random);
        using var left = AlignedMatrix<float>.Random(300, 200, 0, random);
        var expected = Compute(1);
        foreach (int threads in new[] { 2, 3 })
        {
            var actual = Compute(threads);
            for (int i = 0; i < expected.Length; i++)
            {
                actual[i].AssertSameBits(expected[i], $"result {i} on {threads} threads");
                actual[i].Dispose();
            }
        }
        foreach (var matrix in expected)
            matrix.Dispose();

        AlignedMatrix<float>[] Compute(int threads)
        {
            var gram = new AlignedMatrix<float>(300, 300, 0);
            var factor = new AlignedMatrix<float>(300, 300, 0);
            AlignedMatrix<float>[] solved = [right.Clone(), right.Clone(), left.Clone(), left.Clone()];
            KernelCases.WithThreads(threads, () =>
            {
                SymmetricRankUpdate.Compute(true, 300, 500, a.Pointer, a.Leading, gram.Pointer, gram.Leading, 0.01f, false);
                for (int i = 0; i < 300; i++)
                {
                    for (int j = 0; j < 300; j++)
                        factor[i, j] = gram[i, j] + (i == j ? 0.5f : 0);
                }
                Assert.Equal(-1, Cholesky.Factor(300, factor.Pointer, factor.Leading));
                TriangularSolve.SolveRight(false, 200, 300, factor.Pointer, 300, solved[0].Pointer, 300);
                TriangularSolve.SolveRight(true, 200, 300, factor.Pointer, 300, solved[1].Pointer, 300);
                TriangularSolve.SolveLeft(false, 300, 200, factor.Pointer, 300, solved[2].Pointer, 200);
                TriangularSolve.SolveLeft(true, 300, 200, factor.Pointer, 300, solved[3].Pointer, 200);
            });
            return [gram, factor, .. solved];
        }
    }

    private static void CheckSymmetric<T>(Random random, bool transposed, int n, int k, bool accumulate, int padding, double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        const double Scale = 0.75;
        using var a = transposed ? AlignedMatrix<T>.Random(k, n, n + padding, random) : AlignedMatrix<T>.Random(n, k, k + padding, random);
        using var c = AlignedMatrix<T>.Random(n, n, n + padding, random);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
                c[j, i] = c[i, j];
        }
        double[,] before = c.ToDoubles(), values = a.ToDoubles();
        if (typeof(T) == typeof(float))
            SymmetricRankUpdate.Compute(transposed, n, k, (float*)a.Pointer, a.Leading, (float*)c.Pointer, c.Leading, (float)Scale, accumulate);
        else
            SymmetricRankUpdate.Compute(transposed, n, k, (double*)a.Pointer, a.Leading, (double*)c.Pointer, c.Leading, Scale, accumulate);
        string what = $"{CpuFeatures.Selected} {typeof(T).Name} n={n} k={k} transposed={transposed} accumulate={accumulate}";
        c.AssertGuardsUntouched(what);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                Assert.True(c[i, j] == c[j, i], $"{what}: not symmetric at ({i}, {j})");
                double sum = 0, size = 1;
                for (int p = 0; p < k; p++)
                {
                    double term = transposed ? values[p, i] * values[p, j] : values[i, p] * values[j, p];
                    sum += term;
                    size += Math.Abs(term);
                }
                double error = Math.Abs(double.CreateChecked(c[i, j]) - (Scale * sum) - (accumulate ? before[i, j] : 0));
                Assert.True(error <= (k + 4) * epsilon * size, $"{what}: element ({i}, {j}) is off by {error}");
            }
        }
    }

    private static void CheckCholesky<T>(Random random, int n, int leading, double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // A = G G^T + n I with G random is well conditioned and dense.
        using var g = AlignedMatrix<double>.Random(n, n, 0, random);
        using var a = new AlignedMatrix<T>(n, n, leading);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = i == j ? n : 0;
                for (int p = 0; p < n; p++)
                    sum += g[i, p] * g[j, p];
                a[i, j] = T.CreateChecked(sum);
            }
        }
        double[,] before = a.ToDoubles();
        // The upper triangle is not read.
        for (int i = 0; i < n; i++)
        {
            for (int j = i + 1; j < n; j++)
                a[i, j] = T.NaN;
        }
        int bad = typeof(T) == typeof(float)
            ? Cholesky.Factor(n, (float*)a.Pointer, a.Leading)
            : Cholesky.Factor(n, (double*)a.Pointer, a.Leading);
        Assert.Equal(-1, bad);
        string what = $"{CpuFeatures.Selected} {typeof(T).Name} n={n}";
        a.AssertGuardsUntouched(what);
        double[,] l = a.ToDoubles();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                Assert.True(j <= i || l[i, j] == 0, $"{what}: ({i}, {j}) is not zeroed");
                double sum = 0, size = 0;
                for (int p = 0; p <= Math.Min(i, j); p++)
                {
                    sum += l[i, p] * l[j, p];
                    size += Math.Abs(l[i, p] * l[j, p]);
                }
                double expected = j <= i ? before[i, j] : before[j, i];
                double bound = (n + 8) * epsilon * (size + Math.Sqrt(Math.Abs(before[i, i] * before[j, j])));
                Assert.True(Math.Abs(sum - expected) <= bound, $"{what}: L L^T is off by {sum - expected} at ({i}, {j})");
            }
        }
    }

    private static void CheckSolve<T>(Random random, bool right, bool transposeL, int n, int count, int padding, double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var l = AlignedMatrix<T>.Random(n, n, n + padding, random);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                l[i, j] = j > i ? T.NaN : j == i ? T.CreateChecked(1 + random.NextDouble()) : l[i, j] / T.CreateChecked(n);
        }
        using var b = right ? AlignedMatrix<T>.Random(count, n, n + padding, random) : AlignedMatrix<T>.Random(n, count, count + padding, random);
        double[,] before = b.ToDoubles(), triangle = l.ToDoubles();
        Solve(right, transposeL, n, count, l, b);
        string what = $"{CpuFeatures.Selected} {typeof(T).Name} right={right} transposeL={transposeL} n={n} count={count}";
        b.AssertGuardsUntouched(what);
        double[,] x = b.ToDoubles();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < count; j++)
            {
                // Multiplying back, row i of op(L) for a left solve, column i of it for a right one.
                double sum = 0, size = 0;
                for (int p = 0; p < n; p++)
                {
                    var (row, column) = right ? (p, i) : (i, p);
                    if (transposeL)
                        (row, column) = (column, row);
                    if (column > row)
                        continue;
                    double term = triangle[row, column] * (right ? x[j, p] : x[p, j]);
                    sum += term;
                    size += Math.Abs(term);
                }
                double error = Math.Abs(sum - (right ? before[j, i] : before[i, j]));
                Assert.True(error <= (n + 4) * epsilon * (size + 1), $"{what}: the product is off by {error} at unknown {i} of right-hand side {j}");
            }
        }
    }

    private static void Solve<T>(bool right, bool transposeL, int n, int count, AlignedMatrix<T> l, AlignedMatrix<T> b)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            if (right)
                TriangularSolve.SolveRight(transposeL, count, n, (float*)l.Pointer, l.Leading, (float*)b.Pointer, b.Leading);
            else
                TriangularSolve.SolveLeft(transposeL, n, count, (float*)l.Pointer, l.Leading, (float*)b.Pointer, b.Leading);
        }
        else if (right)
        {
            TriangularSolve.SolveRight(transposeL, count, n, (double*)l.Pointer, l.Leading, (double*)b.Pointer, b.Leading);
        }
        else
        {
            TriangularSolve.SolveLeft(transposeL, n, count, (double*)l.Pointer, l.Leading, (double*)b.Pointer, b.Leading);
        }
    }
}
