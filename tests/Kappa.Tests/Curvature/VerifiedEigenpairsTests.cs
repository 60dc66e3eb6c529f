using Kappa.Curvature;
using Kappa.Tensors;

namespace Kappa.Tests.Curvature;

/// <summary>What is called verified is right: multiple eigenvalues, of any sign and scale, for any block and dimension, against the spectrum that the matrix was made of.</summary>
public sealed class VerifiedEigenpairsTests
{
    private static readonly double[] Scales = [1e-30, 1e-6, 1, 1e30];

    public static TheoryData<int, int, int> Multiples()
    {
        var cases = new TheoryData<int, int, int>();
        foreach (int multiplicity in new[] { 1, 2, 3, 4 })
        {
            foreach (int blockSize in new[] { 1, 2, 3, 4, 5, 8 })
            {
                foreach (int dimension in new[] { 8, 20, 60, 200 })
                    cases.Add(multiplicity, blockSize, dimension);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Multiples))]
    public void A_multiple_top_eigenvalue_that_is_called_verified_is_whole(int multiplicity, int blockSize, int dimension)
    {
        double[] values = [.. Enumerable.Range(0, dimension).Select(i => i < multiplicity ? 2 : 1.9 * Math.Exp(-(i - multiplicity) / 30.0))];
        int wrong = 0, unverified = 0;
        foreach (var type in new[] { DataType.Float32, DataType.Float64 })
        {
            foreach (double scale in Scales)
            {
                using var matrix = new KnownMatrix([.. values.Select(value => value * scale)], type);
                using var result = Lanczos.Solve(matrix.Operator, 3, new LanczosOptions { BlockSize = blockSize });
                unverified += result.Verified ? 0 : 1;
                wrong += result.Verified && Enumerable.Range(0, 3).Any(i => !(Math.Abs(result.Eigenvalues[i] - (scale * values[i])) <= 3e-3 * 2 * scale)) ? 1 : 0;
            }
        }

        Assert.Equal((0, 0), (wrong, unverified));
    }
}
