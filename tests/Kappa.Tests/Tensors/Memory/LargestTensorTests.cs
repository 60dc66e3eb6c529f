using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Convolution;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tests.Tensors.Memory;

/// <summary>Lengths near the largest that there are: each is right or refused, never wrapped around.</summary>
public sealed class LargestTensorTests
{
    private const long Largest = 2147483520;

    public static TheoryData<long> Lengths
    {
        get
        {
            var data = new TheoryData<long>();
            for (int exponent = 6; exponent <= 31; exponent++)
            {
                for (int quarter = 4; quarter < 8; quarter++)
                {
                    foreach (int around in (int[])[-64, -8, -4, -1, 0, 1, 4, 8, 57, 64])
                    {
                        long bytes = ((long)quarter << (exponent - 2)) + around;
                        if (bytes <= Largest)
                            data.Add(bytes);
                    }
                }
            }

            foreach (long bytes in (long[])[0, 1, Largest - 128, Largest - 64, Largest - 8, Largest - 4, Largest - 1, Largest])
                data.Add(bytes);
            return data;
        }
    }

    public static TheoryData<Shape, DataType> TooLarge => new()
    {
        { [536870912], DataType.Float32 },
        { [536870881], DataType.Float32 },
        { [536870881], DataType.Int32 },
        { [268435441], DataType.Float64 },
        { [268435456], DataType.Float64 },
        { [int.MaxValue], DataType.Float32 },
        { [int.MaxValue], DataType.Float64 },
        { [46341, 46340], DataType.Float64 },
        { [1 << 15, 1 << 15, 1], DataType.Float64 },
    };

    public static TheoryData<string, Action> Overflows => new()
    {
        { "more than", () => Tensor.Zeros([1, 1, 4, 4]).Conv2d(Tensor.Zeros([1, 1, 1, 1]), null, padding: int.MaxValue) },
        { "more than", () => Tensor.Zeros([1, 1, 4, 4]).Conv2d(Tensor.Zeros([1, 1, 1, 1]), null, stride: int.MaxValue, padding: int.MaxValue - 1) },
        { "more than", () => Tensor.Zeros([1, 1, 4, 4]).Conv2d(Tensor.Zeros([1, 1, 1, 1]), null, stride: 1 << 30, padding: 1 << 30) },
        { "at most", () => Tensor.Zeros([1, 1, 4, 4]).Conv2d(Tensor.Zeros([1, 1, 1, 1]), null, padding: 100_000) },
        { "no window", () => Tensor.Zeros([1, 1, 4, 4]).Conv2d(Tensor.Zeros([1, 1, 3, 3]), null, dilation: int.MaxValue) },
        { "no window", () => Tensor.Zeros([1, 1, 4, 4]).MaxPool2d(int.MaxValue) },
        { "more than", () => Tensor.Zeros([1, 1, 4, 4]).AvgPool2d(int.MaxValue, 1, int.MaxValue / 2) },
        { "would have length 4294967294", () => Tensor.Concat(0, Tensor.Zeros([int.MaxValue, 0]), Tensor.Zeros([int.MaxValue, 0])) },
        { "takes at most", () => _ = new RotaryEmbedding(width: 1 << 16, positions: 1 << 14) },
        { "at most", () => _ = new RotaryEmbedding(width: 1 << 18, positions: 1 << 16) },
        { "takes at most", () => Scratch<double>.Rent(1L << 28).Dispose() },
        { "takes at most", () => Scratch<float>.Rent(1L << 40).Dispose() },
        { "takes at most", () => StoragePool.Rent(-8) },
    };

    /// <summary>Batch, channels in, height, width, channels out, kernel, stride, groups.</summary>
    public static TheoryData<int, int, int, int, int, int, int, int> Geometries => new()
    {
        { 1, 1, 1, 1, 1, 1, 1, 1 },
        { 64, 64, 32, 32, 64, 3, 1, 1 },
        { 512, 512, 4, 4, 512, 3, 1, 1 },
        { 16, 1, 4000, 4000, 1, 1, 4000, 1 },
        { 1024, 1, 700, 700, 8, 3, 500, 1 },
        { 1, 1 << 28, 1, 1, 1, 1, 1, 1 },
        { 1, 1 << 25, 3, 1, 1, 3, 1, 1 },
        { 8, 1 << 14, 1, 1, 1 << 14, 1, 1, 1 },
        { 8, 1 << 13, 3, 3, 7000, 3, 1, 1 },
        { 2, 1 << 14, 8, 8, 1 << 14, 1, 1, 1 << 14 },
    };

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_length_has_a_class_whose_blocks_hold_it(long bytes)
    {
        int sizeClass = StoragePool.SizeClassOf(bytes, out long capacity);
        Assert.InRange(capacity, Math.Max(bytes, 64), Math.Min(Largest, Math.Max(64, bytes * 5 / 4)));
        Assert.Equal(sizeClass, StoragePool.SizeClassOf(capacity, out long again));
        Assert.Equal(capacity, again);
        Assert.InRange(capacity + HostStorage.Alignment, 1, Array.MaxLength);
        if (bytes > 64)
            Assert.True(StoragePool.SizeClassOf(bytes - 1, out long before) <= sizeClass && before <= capacity);
    }

    [Theory]
    [MemberData(nameof(TooLarge))]
    public void What_no_block_holds_is_refused(Shape shape, DataType type)
    {
        var error = Assert.Throws<TensorShapeException>(() => Tensor.Full(shape, 1, type));
        Assert.Contains($"takes at most {Largest} bytes; this one would take {(long)shape.Count * type.SizeOf()}. Split it along an axis", error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Overflows))]
    public void What_would_wrap_around_is_refused(string words, Action action)
    {
        var error = Assert.Throws<TensorShapeException>(action);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void The_working_memory_of_a_convolution_is_bounded(int batch, int inputs, int height, int width, int outputs, int kernel, int stride, int groups)
    {
        var geometry = new ConvolutionGeometry(batch, inputs, height, width, outputs, kernel, kernel, stride, kernel / 2, 1, groups);
        foreach (int size in (int[])[4, 8])
        {
            var blocks = new ConvolutionBlocks(geometry, size);
            long pixels = (long)blocks.Samples * blocks.Rows * geometry.OutputWidth;
            Assert.InRange(pixels, 1, Math.Max(1024, geometry.OutputWidth));
            Assert.InRange(pixels * geometry.PatchLength * groups, 1, Math.Max(1 << 20, Math.Max(48L, geometry.OutputWidth) * geometry.PatchLength * groups));
            Assert.InRange((long)blocks.Samples * geometry.InputPixels * inputs, 1, Math.Max(4L << 20, (long)geometry.InputPixels * inputs));
        }

        int ranges = ConvolutionBackward<float>.RangeCount(geometry);
        Assert.InRange(ranges, 1, batch);
        Assert.InRange((long)ranges * geometry.WeightCount * sizeof(float), 1, Largest);
    }

    [Theory]
    [InlineData(46340)]
    [InlineData(46341)]
    [InlineData(65536)]
    [InlineData(92682)]
    public void The_mean_of_a_window_of_more_than_two_billion_pixels_is_the_mean(int kernel)
    {
        var x = Tensor.Full([1, 1, 1, 1], 3, DataType.Float64);
        x.RequiresGradient = true;
        var y = x.AvgPool2d(kernel, 1, kernel / 2);
        Assert.All(y.ToArray<double>(), value => Assert.Equal(3 / ((double)kernel * kernel), value, 1e-18));
        y.Sum().Backward();
        Assert.Equal(y.Count / ((double)kernel * kernel), x.Gradient!.ToDouble(), 1e-18);
    }

    [LargeMemoryFact]
    public void A_block_of_the_largest_class_is_never_lent_for_more_than_it_holds() => OnFreshThread(() =>
    {
        var first = Tensor.Uninitialized([536870880], DataType.Float32);
        var block = first.Storage;
        first.Dispose();
        _ = Assert.Throws<TensorShapeException>(() => Tensor.Full([536870912], 1));
        _ = Assert.Throws<TensorShapeException>(() => Tensor.Zeros([268435456], DataType.Float64));
        using var again = Tensor.Uninitialized([268435440], DataType.Float64);
        Assert.Same(block, again.Storage);
        again.SetElement(268435439, 7);
        using var last = again.Slice(0, 268435438, 2);
        Assert.Equal(7, last.ToArray<double>()[1]);
        using var rows = again.Reshape([33554430, 8]);
        using var row = rows.Entry(33554429);
        Assert.Equal(7, row.ToArray<double>()[7]);
        using var end = rows.Range(33554428, 2);
        Assert.Equal(7, end.ToArray<double>()[15]);
        using var picked = rows.Gather(Tensor.From(33554429));
        Assert.Equal(7, picked.ToArray<double>()[7]);
    });

    [LargeMemoryFact]
    public void Attention_of_one_query_over_thirty_three_million_keys_stays_in_its_memory() => OnFreshThread(() =>
    {
        // 64 rows of as many probabilities are 2^31.
        const int Keys = 1 << 25;
        using var scope = TensorScope.Begin();
        var (q, k, v) = (Tensor.Zeros([1, 1, 1, 1]), Tensor.Ones([1, Keys, 1, 1]), Tensor.Ones([1, Keys, 1, 1]));
        foreach (var input in (Tensor[])[q, k, v])
            input.RequiresGradient = true;
        var y = q.Attention(k, v);
        Assert.Equal(1, y.ToDouble(), 1e-3);
        y.Backward(Tensor.Full([1, 1, 1, 1], Keys));
        var gradient = v.Gradient!.ReadOnlyValues<float>();
        Assert.Equal(1, gradient[0], 1e-3);
        Assert.Equal(1, gradient[Keys - 1], 1e-3);
        foreach (var input in (Tensor[])[q, k, v])
        {
            input.Gradient!.Dispose();
            input.Dispose();
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Patches_that_are_made_by_rows_and_by_examples_are_those_of_the_whole(int groups)
    {
        var x = Tensor.Normal([3, 48, 70, 65], new Philox(1));
        var weight = Tensor.Normal([6, 48 / groups, 3, 3], new Philox(2));
        var y = x.Conv2d(weight, null, stride: 2, padding: 1, groups: groups);
        var geometry = new ConvolutionGeometry(3, 48, 70, 65, 6, 3, 3, 2, 1, 1, groups);
        var patches = Tensor.Uninitialized([groups, 3 * geometry.OutputPixels, geometry.PatchLength], DataType.Float32);
        Device.Cpu.Backend.UnfoldPatches(geometry, x, patches);
        for (int group = 0; group < groups; group++)
        {
            var rows = patches.Entry(group)
                .MatMul(weight.Slice(0, group * 6 / groups, 6 / groups).Reshape([6 / groups, geometry.PatchLength]), transposeB: true);
            var expected = y.Slice(1, group * 6 / groups, 6 / groups).Reshape([3, 6 / groups, geometry.OutputPixels]).Transpose().Reshape(rows.Shape);
            Assert.Equal(0, (rows - expected).Abs().Reshape([rows.Count]).Max(0).ToDouble(), 1e-3);
        }

        if (groups > 1)
            return;
        var use = new ConvolutionUse(geometry, weight, x, y);
        long sample = 4L * geometry.OutputPixels * geometry.PatchLength;
        foreach (long most in (long[])[1, sample, (2 * sample) + 5, 3 * sample])
            Assert.Equal(patches.ToArray<float>(), Tensor.Concat(0, [.. use.PatchBlocks(most)]).ToArray<float>());
    }

    private static void OnFreshThread(Action action)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.Null(error);
    }
}
