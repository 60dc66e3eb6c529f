using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tests.Tensors.Changes;

/// <summary>What inference keeps of a convolution's weights in another order.</summary>
[Collection(Cpu.KernelCases.Name)]
public sealed class KeptWeightsTests
{
    public static TheoryData<ChangeOfValues> AllChanges => [.. Enum.GetValues<ChangeOfValues>()];

    /// <summary>Channels in and out, side of the kernel, groups, batch: sums of one block and of several, panels that are full and ragged.</summary>
    public static TheoryData<int, int, int, int, int> Sizes => new()
    {
        { 3, 16, 3, 1, 2 }, { 8, 40, 1, 1, 3 }, { 96, 33, 3, 1, 1 }, { 32, 64, 3, 2, 2 }, { 130, 70, 3, 1, 4 }, { 6, 6, 3, 6, 2 },
    };

    [Theory]
    [MemberData(nameof(AllChanges))]
    public void A_change_of_the_weights_is_seen(ChangeOfValues change)
    {
        var (x, weight) = Drawn([2, 8, 6, 6], [32, 8, 3, 3], DataType.Float64);
        var makeChange = Changes.Prepare(change, weight);
        double[] before = Inferred(x, weight);
        for (int i = 0; i < 3; i++)
            Assert.Equal(before, Inferred(x, weight));
        makeChange();
        double[] expected = Inferred(x, Tensor.From(weight.ToArray<double>(), weight.Shape));
        Assert.NotEqual(before, expected);
        for (int i = 0; i < 3; i++)
            Assert.Equal(expected, Inferred(x, weight));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Results_are_the_same_bits_as_without(int inputs, int outputs, int kernel, int groups, int batch)
    {
        foreach (var width in Enum.GetValues<VectorWidth>().Where(width => width <= CpuFeatures.Widest))
        {
            using var forced = CpuFeatures.Force(width);
            foreach (var type in (DataType[])[DataType.Float32, DataType.Float64])
            {
                var (x, weight) = Drawn([batch, inputs, 9, 7], [outputs, inputs / groups, kernel, kernel], type);
                double[] first = Inferred(x, weight, groups);
                Assert.Equal(first, Inferred(x, weight, groups));
                Assert.Equal(first, Inferred(x, weight, groups));
            }
        }
    }

    [Fact]
    public void They_are_kept_from_the_second_use_on_and_dropped_at_a_change()
    {
        var (x, weight) = Drawn([1, 8, 6, 6], [32, 8, 3, 3], DataType.Float32);
        Assert.Null(weight.Storage.Kept);
        _ = Inferred(x, weight);
        object? noted = weight.Storage.Kept;
        Assert.NotNull(noted);
        _ = Inferred(x, weight);
        Assert.Same(noted, weight.Storage.Kept);
        using (var same = weight * 1)
            weight.CopyFromInPlace(same);
        Assert.Null(weight.Storage.Kept);
    }

    [Fact]
    public void Two_views_of_one_block_do_not_take_each_others()
    {
        var (x, both) = Drawn([1, 8, 6, 6], [2, 32, 8, 3, 3], DataType.Float64);
        double[] all = both.ToArray<double>();
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 2; i++)
            {
                using var view = both.Entry(i);
                var alone = Tensor.From(all[(i * view.Count)..((i + 1) * view.Count)], view.Shape);
                Assert.Equal(Inferred(x, alone), Inferred(x, view));
            }
        }
    }

    [Fact]
    public void Training_keeps_none()
    {
        var (x, weight) = Drawn([1, 8, 6, 6], [32, 8, 3, 3], DataType.Float32);
        weight.RequiresGradient = true;
        for (int i = 0; i < 3; i++)
            _ = x.Conv2d(weight, null);
        Assert.Null(weight.Storage.Kept);
    }

    private static (Tensor X, Tensor Weight) Drawn(Shape input, Shape weight, DataType type) =>
        (Tensor.Normal(input, new Philox(1), type: type), Tensor.Normal(weight, new Philox(2), type: type));

    private static double[] Inferred(Tensor x, Tensor weight, int groups = 1)
    {
        using var quiet = NoGradient.Begin();
        using var y = x.Conv2d(weight, null, padding: 1, groups: groups);
        using var wide = y.To(DataType.Float64);
        return wide.ToArray<double>();
    }
}
