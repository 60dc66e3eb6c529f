using System.Globalization;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

/// <summary>Texts as numpy.array2string writes them (NumPy 1.26, default options); those of this file were typed from it by its rules.</summary>
public sealed class TensorTextTests
{
    private static readonly (Func<Tensor> Make, string Text)[] Table =
    [
        (() => Tensor.From(1f, 2.5f, -3), "Tensor[3] Float32\n[ 1.   2.5 -3. ]"),
        (() => Tensor.From([1f, 2, 3, 4], [2, 2]), "Tensor[2, 2] Float32\n[[1. 2.]\n [3. 4.]]"),
        (() => Tensor.From([1, -20, 3, 4], [2, 2]), "Tensor[2, 2] Int32\n[[  1 -20]\n [  3   4]]"),
        (() => Tensor.From([1L << 40, 2L], [1, 2]), "Tensor[1, 2] Int64\n[[1099511627776             2]]"),
        (() => Tensor.From([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]), "Tensor[2, 2, 2] Int32\n[[[1 2]\n  [3 4]]\n\n [[5 6]\n  [7 8]]]"),
        (() => Tensor.From(1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity), "Tensor[4] Float32\n[  1.  nan  inf -inf]"),
        (() => Tensor.From(0.1f, 0.2f, 0.3f), "Tensor[3] Float32\n[0.1 0.2 0.3]"),
        (() => Tensor.From(1.0 / 3, 2.0 / 3), "Tensor[2] Float64\n[0.33333333 0.66666667]"),
        (() => Tensor.From(1234.567f, 2), "Tensor[2] Float32\n[1234.567    2.   ]"),
        (() => Tensor.From(1e-5f, 2500), "Tensor[2] Float32\n[1.0e-05 2.5e+03]"),
        (() => Tensor.From(1e8f, 1.5e8f), "Tensor[2] Float32\n[1.0e+08 1.5e+08]"),
        (() => Tensor.From(1e300, 1e-300, double.NaN), "Tensor[3] Float64\n[1.e+300 1.e-300     nan]"),
        (() => Tensor.From(1.0 / 3, 1e5), "Tensor[2] Float64\n[3.33333333e-01 1.00000000e+05]"),
        (() => Tensor.From(0f, -0f, 1e-7f), "Tensor[3] Float32\n[ 0.e+00 -0.e+00  1.e-07]"),
        (() => Tensor.From(0f, -0f), "Tensor[2] Float32\n[ 0. -0.]"),
        (() => Tensor.Zeros([0, 3]), "Tensor[0, 3] Float32\n[]"),
        (() => Tensor.Scalar(0.5), "Tensor Float32 0.5"),
        (() => Tensor.From((int[])[.. Enumerable.Range(0, 1001)]), "Tensor[1001] Int32\n[   0    1    2 ...  998  999 1000]"),
        (() => Tensor.From((int[])[.. Enumerable.Range(0, 2000)], [1000, 2]),
            "Tensor[1000, 2] Int32\n[[   0    1]\n [   2    3]\n [   4    5]\n ...\n [1994 1995]\n [1996 1997]\n [1998 1999]]"),
        (() => Tensor.From((int[])[.. Enumerable.Range(0, 40)]), "Tensor[40] Int32\n[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
            + " 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39]"),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Table.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Values_are_written_as_NumPy_does(int row)
    {
        using var tensor = Table[row].Make();
        Assert.Equal(Table[row].Text, tensor.ToString());
    }

    [Fact]
    public void The_culture_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator = ",";
            Assert.Equal("Tensor[2] Float32\n[1.5 2. ]", Tensor.From(1.5f, 2).ToString());
            Assert.Equal("Tensor Float32 0.5", Tensor.Scalar(0.5).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Of_a_large_tensor_little_is_read_and_written()
    {
        Assert.True(Tensor.Zeros([7, 7, 7, 7, 7, 7, 7]).ToString().Length < 3000);
        Assert.True(Tensor.Zeros([300, 300, 30]).ToString().Length < 3000);
    }
}
