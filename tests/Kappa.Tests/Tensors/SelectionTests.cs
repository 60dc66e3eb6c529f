using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

/// <summary>What is picked, moved and summed, against plain loops written here.</summary>
public sealed class SelectionTests
{
    private const float NaN = float.NaN;

    public static TheoryData<DataType> Types => [DataType.Float32, DataType.Float64];

    public static TheoryData<int, int, int> Blocks => new() { { 1, 7, 1 }, { 3, 5, 1 }, { 2, 4, 3 }, { 1, 300, 2 }, { 5, 1, 4 } };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void The_best_of_an_axis_are_those_of_a_sort_the_first_of_equals_first(int outer, int length, int inner)
    {
        using var scope = TensorScope.Begin();
        var generator = new Philox(4);
        // Few different values, so that many are equal.
        float[] values = [.. Enumerable.Range(0, outer * length * inner).Select(_ => (float)Math.Floor(9 * generator.NextDouble()) - 4)];
        foreach (var type in (DataType[])[DataType.Float32, DataType.Float64])
        {
            var x = Tensor.From(values, [outer, length, inner]).To(type);
            foreach (bool largest in (bool[])[true, false])
            {
                int[] best = (largest ? x.ArgMax(1) : x.ArgMin(1)).ToArray<int>();
                for (int k = 0; k <= length; k += Math.Max(1, length / 3))
                {
                    var (top, places) = x.TopK(k, -2, largest);
                    Assert.Equal(new Shape(outer, k, inner), top.Shape);
                    int[] found = places.ToArray<int>();
                    double[] got = top.To(DataType.Float64).ToArray<double>();
                    for (int o = 0; o < outer; o++)
                    {
                        for (int i = 0; i < inner; i++)
                        {
                            float At(int j) => values[(((o * length) + j) * inner) + i];
                            int[] order = [.. Enumerable.Range(0, length).OrderBy(j => largest ? -At(j) : At(j)).ThenBy(j => j)];
                            Assert.Equal(order[0], best[(o * inner) + i]);
                            for (int j = 0; j < k; j++)
                            {
                                Assert.Equal(order[j], found[(((o * k) + j) * inner) + i]);
                                Assert.Equal(At(order[j]), got[(((o * k) + j) * inner) + i]);
                            }
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void Infinities_are_numbers_and_NaN_is_an_error_that_names_its_place()
    {
        var x = Tensor.From([1f, float.PositiveInfinity, float.NegativeInfinity, 2], [2, 2]);
        Assert.Equal([1, 1], x.ArgMax().ToArray<int>());
        Assert.Equal([0, 0], x.ArgMin(1).ToArray<int>());
        Assert.Equal(new Shape(2, 1), x.ArgMax(1, keepAxis: true).Shape);
        var bad = Tensor.From([1f, 2, 3, 0, NaN, 5], [2, 3]);
        const string Rest = "the tensor [2, 3] holds NaN at index [1, 1], which is neither larger nor smaller than any number";
        Assert.Equal($"ArgMax: {Rest}", Assert.Throws<NonFiniteException>(() => bad.ArgMax(1)).Message);
        Assert.Equal($"ArgMin: {Rest}", Assert.Throws<NonFiniteException>(() => bad.ArgMin(0)).Message);
        bad.Name = "scores";
        Assert.Equal($"TopK: {Rest.Replace("the tensor", "scores", StringComparison.Ordinal)}", Assert.Throws<NonFiniteException>(() => bad.TopK(1)).Message);
        Assert.Throws<TensorShapeException>(() => Tensor.Zeros([2, 0]).ArgMax());
        Assert.Equal(new Shape(0), Tensor.Zeros([0, 2]).ArgMax().Shape);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Comparisons_are_those_of_numbers(DataType type)
    {
        float[] a = [1, 2, NaN, -0f, float.PositiveInfinity, 2], b = [1, 3, NaN, 0, 5, NaN];
        var (x, y) = (Tensor.From(a).To(type), Tensor.From(b).To(type));
        (Tensor Mask, Func<float, float, bool> Holds)[] questions =
        [
            (x.Equal(y), (p, q) => p == q), (x.NotEqual(y), (p, q) => p != q), (x.Less(y), (p, q) => p < q), (x.LessEqual(y), (p, q) => p <= q),
            (x.Greater(y), (p, q) => p > q), (x.GreaterEqual(y), (p, q) => p >= q),
        ];
        foreach (var (mask, holds) in questions)
            Assert.Equal(a.Zip(b, (p, q) => holds(p, q) ? 1 : 0), mask.ToArray<int>());
        (Tensor Mask, Func<float, bool> Holds)[] ofNumbers =
        [
            (x.Equal(2), p => p == 2), (x.NotEqual(2), p => p != 2), (x.Less(2), p => p < 2), (x.LessEqual(2), p => p <= 2), (x.Greater(2), p => p > 2),
            (x.GreaterEqual(2), p => p >= 2),
        ];
        foreach (var (mask, holds) in ofNumbers)
            Assert.Equal(a.Select(p => holds(p) ? 1 : 0), mask.ToArray<int>());
        Assert.Null(x.Equal(y).Producer);
    }

    [Fact]
    public void Integers_are_compared_with_integers_and_with_fractions()
    {
        var labels = Tensor.From(0, 2, 1);
        Assert.Equal([0, 1, 0], labels.Equal(Tensor.From([3f, 2, 5, 1, 9, 0, 1, 1, 4], [3, 3]).ArgMin()).ToArray<int>());
        Assert.Equal([1, 0, 1], labels.Less(1.5).ToArray<int>());
        Assert.Equal([0, 1, 0], labels.Equal(2).ToArray<int>());
        Assert.Equal([1, 0, 1], Tensor.From(3L, 1L << 40, 3L).Equal(Tensor.From(3L)).ToArray<int>());
        Assert.Equal([1, 1, 0, 1], Tensor.From([0, 1], [2, 1]).LessEqual(Tensor.From(0, 1)).ToArray<int>());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_not_taken_does_not_count(DataType type)
    {
        var (a, b) = (Tensor.From(1f, NaN, 3).To(type), Tensor.From(NaN, 2f, float.PositiveInfinity).To(type));
        a.RequiresGradient = true;
        b.RequiresGradient = true;
        var taken = Tensor.Where(Tensor.From(1, 0, -7), a, b);
        Assert.Equal([1, 2, 3], taken.To(DataType.Float64).ToArray<double>());
        (taken * 2).Sum().Backward();
        Assert.Equal([2, 0, 2], a.Gradient!.To(DataType.Float64).ToArray<double>());
        Assert.Equal([0, 2, 0], b.Gradient!.To(DataType.Float64).ToArray<double>());
        Assert.Equal([5, 2, 5], Tensor.Where(Tensor.From(0, 1, 0), Tensor.From(1, 2, 3), Tensor.From(5)).ToArray<int>());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_larger_and_the_smaller_and_what_lies_in_a_range(DataType type)
    {
        float[] a = [1, 2, NaN, 4, -0f], b = [3, 2, 1, NaN, 0];
        var (x, y) = (Tensor.From(a).To(type), Tensor.From(b).To(type));
        Assert.Equal(a.Zip(b, (p, q) => (double)MathF.Max(p, q)), x.Maximum(y).To(DataType.Float64).ToArray<double>());
        Assert.Equal(a.Zip(b, (p, q) => (double)MathF.Min(p, q)), x.Minimum(y).To(DataType.Float64).ToArray<double>());
        x.RequiresGradient = true;
        y.RequiresGradient = true;
        x.Maximum(y).Slice(0, 0, 2).Sum().Backward();
        Assert.Equal([0, 1, 0, 0, 0], x.Gradient!.To(DataType.Float64).ToArray<double>());
        Assert.Equal([1, 0, 0, 0, 0], y.Gradient!.To(DataType.Float64).ToArray<double>());

        var z = Tensor.From(-2f, -1, 0, 1, 2, NaN, float.PositiveInfinity).To(type);
        z.RequiresGradient = true;
        var clipped = z.Clip(-1, 1);
        Assert.Equal([-1, -1, 0, 1, 1, double.NaN, 1], clipped.To(DataType.Float64).ToArray<double>());
        clipped.Backward(Tensor.Ones(z.Shape, type));
        Assert.Equal([0, 1, 1, 1, 0, 1, 0], z.Gradient!.To(DataType.Float64).ToArray<double>());
        Assert.Equal([-1, -1, 0, 1, 2, double.NaN, double.PositiveInfinity], z.Clip(-1, double.PositiveInfinity).To(DataType.Float64).ToArray<double>());
        foreach (var (min, max) in ((double, double)[])[(1, 0), (double.NaN, 1), (0, double.NaN)])
            Assert.Contains($"got {min} and {max}", Assert.Throws<ArgumentOutOfRangeException>(() => z.Clip(min, max)).Message, StringComparison.Ordinal);
        if (type == DataType.Float32)
            Assert.Contains("Float32 does not hold", Assert.Throws<ArgumentOutOfRangeException>(() => z.Clip(0, 1e300)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Axes_are_permuted_and_repeated_element_by_element()
    {
        using var scope = TensorScope.Begin();
        Shape shape = [3, 4, 2, 5];
        foreach (var x in (Tensor[])[Tensor.Normal(shape, new Philox(1)), Tensor.Normal(shape, new Philox(1), type: DataType.Float64),
            Tensor.From((int[])[.. Enumerable.Range(0, shape.Count)], shape),
            Tensor.From((long[])[.. Enumerable.Range(0, shape.Count).Select(i => (long)i << 33)], shape)])
        {
            foreach (int[] axes in (int[][])[[0, 1, 2, 3], [0, 2, 1, 3], [3, 2, 1, 0], [1, 0, 3, 2], [0, 1, 3, 2], [2, 3, 0, 1], [1, 3, 0, 2]])
            {
                var y = x.Permute(axes);
                for (int flat = 0; flat < y.Count; flat++)
                {
                    int[] index = Index(y.Shape, flat), source = new int[4];
                    for (int i = 0; i < 4; i++)
                        source[axes[i]] = index[i];
                    Assert.Equal(x.ElementAsDouble(Flat(shape, source)), y.ElementAsDouble(flat));
                }
            }
        }

        var column = Tensor.From([1f, -0f, NaN], [3, 1]);
        var wide = column.Expand([2, 3, 4]);
        for (int flat = 0; flat < wide.Count; flat++)
            Assert.Equal(BitConverter.SingleToInt32Bits(column.ToArray<float>()[flat / 4 % 3]), BitConverter.SingleToInt32Bits(wide.ToArray<float>()[flat]));
    }

    [Fact]
    public void Parts_are_padded_stacked_and_split()
    {
        var x = Tensor.From([1f, 2, 3, 4], [2, 2]);
        Assert.Equal([9, 1, 2, 9, 9, 3, 4, 9], x.Pad(1, 1, 1, 9).ToArray<float>());
        Assert.Equal([1, 2, 3, 4, 0, 0], x.Pad(0, 0, 1).ToArray<float>());
        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0], x.Pad([(1, 0), (1, 1)]).ToArray<float>());
        Assert.Equal([7, 1, 2], Tensor.From(1, 2).Pad(0, 1, 0, 7).ToArray<int>());
        Assert.Equal([1, 2, 5, 6, 3, 4, 7, 8], Tensor.Stack(1, x, x + 4).ToArray<float>());
        Assert.Equal([1, 5, 2, 6, 3, 7, 4, 8], Tensor.Stack(-1, x, x + 4).ToArray<float>());
        Assert.Equal(new Shape(2, 2, 2), Tensor.Stack(0, x, x).Shape);
        var parts = Tensor.From(1, 2, 3, 4, 5).Split(0, 2, 0, 3);
        Assert.Equal(["1 2", "", "3 4 5"], parts.Select(part => string.Join(' ', part.ToArray<int>())));
    }

    [Fact]
    public void Cumulative_sums_lose_no_digits()
    {
        const int Count = 1_000_000;
        float[] sums = Tensor.Full([Count], 0.1).Cumsum(0).ToArray<float>();
        for (int i = 0; i < Count; i += 9999)
            Assert.Equal((float)((i + 1) * (double)0.1f), sums[i]);
        double[] wide = Tensor.Full([Count], 0.1, DataType.Float64).Cumsum(0).ToArray<double>();
        Assert.Equal((double)(Count * 0.1000000000000000055511151231257827m), wide[^1], 1e-11);
        Assert.Equal([1, double.PositiveInfinity, double.PositiveInfinity], Tensor.From(1.0, double.PositiveInfinity, 2).Cumsum(0).ToArray<double>());
        Assert.Equal([1, double.NaN, double.NaN], Tensor.From(1.0, double.NaN, 2).Cumsum(0).ToArray<double>());
        Assert.Equal([1, 2, 4, 6, 5, 6, 12, 14], Tensor.From([1.0, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]).Cumsum(1).ToArray<double>());
    }

    [Fact]
    public void A_mask_may_not_change_before_the_backward_pass()
    {
        var x = Tensor.From(1f, 2);
        x.RequiresGradient = true;
        var mask = Tensor.From(1, 0);
        var loss = Tensor.Where(mask, x, 2.0 * x).Sum();
        mask.CopyFromInPlace(Tensor.From(0, 1));
        Assert.StartsWith("Where: a tensor", Assert.Throws<InvalidOperationException>(loss.Backward).Message, StringComparison.Ordinal);
    }

    private static int[] Index(Shape shape, int flat)
    {
        int[] index = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
            (flat, index[axis]) = Math.DivRem(flat, shape[axis]);
        return index;
    }

    private static int Flat(Shape shape, int[] index) => index.Select((i, axis) => (i, axis)).Aggregate(0, (flat, at) => (flat * shape[at.axis]) + at.i);
}
