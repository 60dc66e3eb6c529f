using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra.Solvers;

/// <summary>
/// What is called verified is right: multiple eigenvalues, of any sign and scale, for any block and dimension, against the spectrum that the matrix was made
/// of.
/// </summary>
public sealed class VerifiedEigenpairsTests
{
    private static readonly double[] Scales = [1e-30, 1e-6, 1, 1e30];
    private static readonly DataType[] Types = [DataType.Float32, DataType.Float64];

    /// <summary>
    /// Spectra of a dimension: multiplicities beyond any block, pairs of opposite sign, clusters, gaps of nothing, graded, few values, one value.
    /// </summary>
    private static readonly Dictionary<string, Func<int, double[]>> Spectra = new()
    {
        ["staircase"] = n => [.. Enumerable.Range(0, n).Select(i => 0.3 * (i / 4))],
        ["few values"] = n => [.. Enumerable.Range(0, n).Select(i => (double)(i * i % 5) - 2)],
        ["opposite pairs"] = n => [.. Enumerable.Range(0, n).Select(i => (i % 2 == 0 ? 1 : -1) * Math.Exp(-0.1 * (i / 4)))],
        ["cluster over a bulk"] = n => [.. Enumerable.Range(0, n).Select(i => i < 5 ? 1 - (1e-2 * (i / 2)) : 0.9 * Math.Cos(i))],
        ["many at either end"] = n => [.. Enumerable.Range(0, n).Select(i => i < 6 ? 10 : i < 9 ? -10 : 1e-3 * i)],
        ["graded"] = n => [.. Enumerable.Range(0, n).Select(i => Math.Pow(10, -i / 6) * (i % 3 == 0 ? -1 : 1))],
        ["bulk alone"] = n => [.. Enumerable.Range(0, n).Select(i => Math.Sin(1.0 + i))],
        ["low rank"] = n => [.. Enumerable.Range(0, n).Select(i => i < 3 ? 1.0 : 0)],
        ["identity"] = n => [.. Enumerable.Repeat(1.0, n)],
        ["zero"] = n => new double[n],
    };

    public static TheoryData<int, int, int> Multiples()
    {
        var cases = new TheoryData<int, int, int>();
        foreach (int multiplicity in new[] { 1, 2, 3, 4 })
        {
            foreach (int blockSize in new[] { 1, 2, 3, 4, 5, 8 })
            {
                foreach (int dimension in new[] { 8, 20, 100 })
                    cases.Add(multiplicity, blockSize, dimension);
            }
        }

        return cases;
    }

    public static TheoryData<string, Spectrum, int> SpectraBySideAndBlock()
    {
        var cases = new TheoryData<string, Spectrum, int>();
        foreach (string name in Spectra.Keys)
        {
            foreach (var spectrum in Enum.GetValues<Spectrum>())
            {
                foreach (int blockSize in new[] { 1, 2, 7 })
                    cases.Add(name, spectrum, blockSize);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Multiples))]
    public void A_multiple_top_eigenvalue_that_is_called_verified_is_whole(int multiplicity, int blockSize, int dimension)
    {
        // 576 settings in all, each of them verified and right.
        double[] values = [.. Enumerable.Range(0, dimension).Select(i => i < multiplicity ? 2 : 1.9 * Math.Exp(-(i - multiplicity) / 30.0))];
        foreach (var type in Types)
        {
            foreach (double scale in Scales)
            {
                using var matrix = new KnownMatrix([.. values.Select(value => value * scale)], type);
                using var result = Lanczos.Solve(matrix.Operator, 3, new LanczosOptions { BlockSize = blockSize });
                Assert.True(result.Converged && result.Verified, $"{type} at {scale}: {result.Verification}");
                for (int i = 0; i < 3; i++)
                    Assert.Equal(values[i], result.Eigenvalues[i] / scale, 6e-3);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SpectraBySideAndBlock))]
    public void Whatever_the_spectrum_what_is_called_verified_is_right(string name, Spectrum spectrum, int blockSize)
    {
        foreach (int dimension in blockSize == 2 ? new[] { 2, 80 } : [1, 9, 40])
        {
            double[] values = Spectra[name](dimension);
            double[] sorted = [.. (spectrum switch
            {
                Spectrum.LargestAlgebraic => values.OrderByDescending(value => value),
                Spectrum.SmallestAlgebraic => values.Order(),
                _ => values.OrderByDescending(Math.Abs),
            })];
            foreach (var (type, tolerance) in new[] { (DataType.Float32, 1e-5), (DataType.Float64, 1e-2), (DataType.Float64, 1e-5) })
            {
                double scale = Scales[(dimension + blockSize) % Scales.Length];
                int count = Math.Min(dimension, 7);
                using var matrix = new KnownMatrix([.. values.Select(value => value * scale)], type);
                using var result = Lanczos.Solve(
                    matrix.Operator, count,
                    new LanczosOptions { BlockSize = blockSize, Spectrum = spectrum, Tolerance = tolerance, Seed = (ulong)dimension });
                Assert.Equal(result.Verified, result.Verification is Verification.RandomStart or Verification.WholeSpace);
                double floor = (type == DataType.Float32 ? 1e-5 : 1e-13) * values.Max(Math.Abs);
                for (int i = 0; result.Verified && i < count; i++)
                {
                    double found = result.Eigenvalues[i] / scale;
                    // Of a pair of opposite sign at the end of the list either may be given.
                    double error = spectrum == Spectrum.LargestMagnitude ? Math.Abs(Math.Abs(found) - Math.Abs(sorted[i])) : Math.Abs(found - sorted[i]);
                    Assert.InRange(error, 0, (3 * tolerance * Math.Abs(sorted[i])) + floor);
                }
            }
        }
    }

    [Fact]
    public void How_it_was_verified_or_why_not_is_said()
    {
        double[] values = [.. Enumerable.Range(0, 300).Select(i => 10 * Math.Exp(-0.05 * i))];
        using var matrix = new KnownMatrix(values);
        Assert.Equal(Verification.RandomStart, Solve(new LanczosOptions()));
        Assert.Equal(Verification.NotRequested, Solve(new LanczosOptions { VerifyMultiplicities = false }));
        Assert.Equal(Verification.NotConverged, Solve(new LanczosOptions { MaxProducts = 12 }));
        using var whole = new KnownMatrix(values[..30]);
        using var all = Lanczos.Solve(whole.Operator, 30);
        Assert.Equal(Verification.WholeSpace, all.Verification);
        using var converged = Lanczos.Solve(matrix.Operator, 5, new LanczosOptions { VerifyMultiplicities = false });
        Assert.Equal(Verification.OutOfProducts, Solve(new LanczosOptions { MaxProducts = converged.Products + 2 }));
        Assert.Equal(Verification.OutOfBasis, Solve(new LanczosOptions { BasisSize = 15, BlockSize = 1, MaxProducts = 5000, Tolerance = 1e-6 }));

        Verification Solve(LanczosOptions options)
        {
            using var result = Lanczos.Solve(matrix.Operator, 5, options);
            Assert.Equal(options is { MaxProducts: 12 }, !result.Converged);
            return result.Verification;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Wherever_the_products_run_out_the_pairs_are_those_of_their_residuals(int blockSize)
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 200).Select(i => i < 7 ? 5 : Math.Sqrt(i) / 20)]);
        for (int budget = 20; budget < 110; budget++)
        {
            using var result = Lanczos.Solve(
                matrix.Operator, 9, new LanczosOptions { BlockSize = blockSize, BasisSize = 30, MaxProducts = budget, Tolerance = 1e-9 });
            Assert.InRange(result.Products, 0, budget);
            double[] measured = EigenResiduals.Measure(matrix.Operator, result.Eigenvectors, result.Eigenvalues);
            for (int i = 0; i < measured.Length; i++)
                Assert.Equal(measured[i], result.Residuals[i], 1e-8);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void No_random_start_excludes_an_eigenvalue_that_is_there(int sign)
    {
        const int Trials = 200;
        // One value stands above the bound by a little, so that a process has to run for some time before it shows.
        double[] values = [.. Enumerable.Range(0, 100).Select(i => sign * (i == 0 ? 1.02 : 1 - (0.5 * i / 100)))];
        var generator = new Kappa.Randomness.Philox(3);
        int steps = 0;
        for (int trial = 0; trial < Trials; trial++)
        {
            double[] start = [.. values.Select(_ => generator.NextNormal())];
            steps += StepsUntilFound(values, start, sign, 1.01);
        }

        Assert.InRange(steps, Trials * 4, Trials * 100);
    }

    [Fact]
    public void The_share_of_an_eigenvector_in_the_start_is_at_most_what_the_polynomials_allow()
    {
        // By definition: (z . b) p_i(x) is the inner product of z with vector i of the process.
        double[] values = [3, 1.9, 1.5, 1.1, 0.7, 0.2, -0.4, -1];
        double[] start = [1e-4, 1, -0.5, 0.7, 0.3, -0.9, 0.2, 0.6];
        double norm = Math.Sqrt(start.Sum(x => x * x)), share = Math.Pow(start[0] / norm, 2);
        var process = new Process(values, start);
        for (int step = 0; step < 5; step++)
            process.Step();
        var (diagonal, offDiagonal) = (process.Diagonal, process.OffDiagonal);
        double before = 0, now = 1, sum = 1;
        for (int i = 0; i < 5; i++)
        {
            (before, now) = (now, (((3 - diagonal[i]) * now) - (i > 0 ? offDiagonal[i - 1] * before : 0)) / offDiagonal[i]);
            sum += now * now;
        }

        Assert.InRange(share * sum, 0, 1 + 1e-12);
        Assert.Equal(UnseenVerdict.Found, UnseenEigenvalues.Above(diagonal, offDiagonal, 1, 0.5, 8));
        Assert.Equal(UnseenVerdict.Open, UnseenEigenvalues.Above(diagonal, offDiagonal, 1, 2.9, 8));
        Assert.Equal(UnseenVerdict.Excluded, UnseenEigenvalues.Above(diagonal, offDiagonal, 1, 1e3, 8));
        Assert.Equal(UnseenVerdict.Excluded, UnseenEigenvalues.Above([1], [0], 1, 1.5, 8));
    }

    private static int StepsUntilFound(double[] values, double[] start, int sign, double bound)
    {
        var process = new Process(values, start);
        while (true)
        {
            process.Step();
            var verdict = UnseenEigenvalues.Above(process.Diagonal, process.OffDiagonal, sign, bound, values.Length);
            Assert.NotEqual(UnseenVerdict.Excluded, verdict);
            if (verdict == UnseenVerdict.Found)
                return process.Diagonal.Count;
        }
    }

    /// <summary>Lanczos for a diagonal matrix, with full reorthogonalisation.</summary>
    private sealed class Process(double[] values, double[] start)
    {
        private readonly List<double[]> _vectors = [Scaled(start)];

        internal List<double> Diagonal { get; } = [];

        internal List<double> OffDiagonal { get; } = [];

        internal void Step()
        {
            double[] next = [.. _vectors[^1].Zip(values, (v, value) => v * value)];
            Diagonal.Add(Dot(next, _vectors[^1]));
            for (int pass = 0; pass < 2; pass++)
            {
                foreach (double[] vector in _vectors)
                {
                    double along = Dot(next, vector);
                    for (int i = 0; i < next.Length; i++)
                        next[i] -= along * vector[i];
                }
            }

            OffDiagonal.Add(Math.Sqrt(Dot(next, next)));
            _vectors.Add(Scaled(next));
        }

        private static double Dot(double[] a, double[] b)
        {
            double sum = 0;
            for (int i = 0; i < a.Length; i++)
                sum += a[i] * b[i];
            return sum;
        }

        private static double[] Scaled(double[] vector)
        {
            double length = Math.Sqrt(Dot(vector, vector));
            return [.. vector.Select(x => x / length)];
        }
    }
}
