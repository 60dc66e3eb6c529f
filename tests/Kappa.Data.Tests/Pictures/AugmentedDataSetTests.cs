namespace Kappa.Data.Tests.Pictures;

public sealed class AugmentedDataSetTests
{
    private const int Size = 5, Area = 2 * Size * Size;

    [Fact]
    public void Each_picture_is_one_of_the_mirrored_and_moved_ones_and_all_of_them_come()
    {
        var augmented = new AugmentedDataSet(Numbered(1), new Augmentation { CropPadding = 1, Padding = -1 }, seed: 3);
        int[] moves = [-1, 0, 1];
        float[][] possible = [.. from down in moves from right in moves from flip in new[] { false, true } select Moved(down, right, flip)];
        int[] counts = new int[possible.Length];
        for (int epoch = 0; epoch < 1800; epoch++)
        {
            float[] got = augmented.Take([0], epoch).Inputs.ToArray<float>();
            counts[Array.FindIndex(possible, picture => picture.SequenceEqual(got))]++;
        }
        // 100 expected of each: standard deviation 9.7.
        Assert.All(counts, count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public void Switched_off_it_changes_nothing()
    {
        var data = Numbered(3);
        var augmented = new AugmentedDataSet(data, new Augmentation { Flip = false }, 1);
        Assert.Equal(data.Take([2, 0]).Inputs.ToArray<float>(), augmented.Take([2, 0], 5).Inputs.ToArray<float>());
    }

    [Fact]
    public void A_variation_depends_on_seed_epoch_and_row_and_not_on_the_batch()
    {
        var data = Numbered(40);
        var augmentation = new Augmentation { CropPadding = 2 };
        var augmented = new AugmentedDataSet(data, augmentation, 1);
        int[] all = [.. Enumerable.Range(0, 40)];
        float[] together = augmented.Take(all, 7).Inputs.ToArray<float>();
        foreach (int row in all)
            Assert.Equal(together.AsSpan(row * Area, Area).ToArray(), augmented.Take([row], 7).Inputs.ToArray<float>());
        Assert.NotEqual(together, augmented.Take(all, 8).Inputs.ToArray<float>());
        Assert.NotEqual(together, new AugmentedDataSet(data, augmentation, 2).Take(all, 7).Inputs.ToArray<float>());
        Assert.Equal(together, new AugmentedDataSet(data, augmentation, 1).Take(all, 7).Inputs.ToArray<float>());
    }

    [Fact]
    public void A_source_that_is_resumed_gives_the_same_bits_in_any_epoch_through_subsets_too()
    {
        var data = new DataSubset(new AugmentedDataSet(Numbered(10), new Augmentation { CropPadding = 2 }, 1), [9, 1, 5, 3, 7]);
        using var source = data.Batches(2, new Philox(4));
        List<BatchPosition> positions = [];
        List<float[]> batches = [];
        for (int i = 0; i < 9; i++)
        {
            positions.Add(source.Position);
            batches.Add(source.Next().Inputs.ToArray<float>());
        }
        for (int i = 0; i < 9; i++)
        {
            using var resumed = new BatchSource(data, 2, positions[i]);
            Assert.Equal(batches[i], resumed.Next().Inputs.ToArray<float>());
        }
        // Sorted, the values of an epoch would be the same if epochs were not told apart.
        Assert.NotEqual(batches[..3].SelectMany(batch => batch).Order(), batches[3..6].SelectMany(batch => batch).Order());
    }

    [Fact]
    public void What_is_no_picture_or_no_move_is_refused()
    {
        var flat = new TensorDataSet(Tensor.Zeros([2, 9]), Tensor.Zeros([2], DataType.Int32));
        Assert.Contains("[9] Float32", Assert.Throws<TensorShapeException>(() => new AugmentedDataSet(flat, new Augmentation(), 1)).Message);
        Refused(new Augmentation { CropPadding = -1 }, "Augmentation.CropPadding");
        Refused(new Augmentation { CropPadding = 5 }, "less than the height and width");
        Refused(new Augmentation { Padding = float.NaN }, "a finite number");
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(1).Take([0], -1));

        static void Refused(Augmentation augmentation, string part) => Assert.Contains(
            part, Assert.Throws<ArgumentOutOfRangeException>(() => new AugmentedDataSet(Numbered(1), augmentation, 1)).Message);
    }

    private static TensorDataSet Numbered(int count) => new(
        Tensor.From([.. Enumerable.Range(0, count * Area).Select(i => (float)i)], [count, 2, Size, Size]), Tensor.Zeros([count], DataType.Int32));

    /// <summary>The numbered picture moved pixel by pixel.</summary>
    private static float[] Moved(int down, int right, bool flip)
    {
        float[] picture = new float[Area];
        for (int i = 0; i < Area; i++)
        {
            int channel = i / (Size * Size), y = i / Size % Size, x = flip ? Size - 1 - (i % Size) : i % Size;
            int fromY = y - down, fromX = x - right;
            picture[i] = fromY is < 0 or >= Size || fromX is < 0 or >= Size ? -1 : (channel * Size * Size) + (fromY * Size) + fromX;
        }
        return picture;
    }
}
