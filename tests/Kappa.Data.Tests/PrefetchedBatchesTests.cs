using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kappa.Data.Tests;

public sealed class PrefetchedBatchesTests
{
    [Theory]
    [InlineData(1, PartialBatch.Keep)]
    [InlineData(2, PartialBatch.Drop)]
    [InlineData(5, PartialBatch.Keep)]
    public void Batches_and_positions_are_those_of_the_source(int depth, PartialBatch partial)
    {
        using var plain = Source(23, 5, partial);
        using var source = Source(23, 5, partial);
        using var prefetched = new PrefetchedBatches(source, depth);
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(plain.Position, prefetched.Position);
            Assert.Equal(plain.Next().Targets.ToArray<int>(), prefetched.Next().Targets.ToArray<int>());
        }
        Assert.Equal((plain.BatchSize, plain.BatchesPerEpoch), (prefetched.BatchSize, prefetched.BatchesPerEpoch));
    }

    [Fact]
    public void A_resume_from_any_position_gives_the_same_bits()
    {
        using var source = Source(23, 5);
        List<int[]> expected = [];
        List<BatchPosition> positions = [];
        using (var prefetched = new PrefetchedBatches(source))
        {
            for (int i = 0; i < 14; i++)
            {
                positions.Add(prefetched.Position);
                expected.Add(prefetched.Next().Targets.ToArray<int>());
            }
        }
        using var other = Source(23, 5);
        using var resumed = new PrefetchedBatches(other);
        for (int start = 13; start >= 0; start--)
        {
            resumed.Position = positions[start];
            for (int i = start; i < 14; i++)
                Assert.Equal(expected[i], resumed.Next().Targets.ToArray<int>());
        }
    }

    [Fact]
    public void Disposed_it_leaves_the_source_where_the_next_batch_would_have_come_from()
    {
        using var source = Source(23, 5);
        BatchPosition position;
        using (var prefetched = new PrefetchedBatches(source))
        {
            _ = prefetched.Next();
            position = prefetched.Position;
            prefetched.Dispose();
            Assert.Throws<ObjectDisposedException>(() => prefetched.Next());
        }
        Assert.Equal(position, source.Position);
        Assert.Equal(5, position.Offset);
    }

    [Fact]
    public void Sources_of_other_kinds_are_copied_from()
    {
        using var plain = Source(23, 5);
        using var source = Source(23, 5);
        using var prefetched = new PrefetchedBatches(new Wrapped(source));
        for (int i = 0; i < 12; i++)
            Assert.Equal(plain.Next().Targets.ToArray<int>(), prefetched.Next().Targets.ToArray<int>());
    }

    [Fact]
    public void An_error_comes_at_the_batch_that_it_is_about_and_the_place_is_kept()
    {
        var data = new Failing(20) { FailingRow = -1 };
        using var plain = new BatchSource(data, 4, new BatchPosition(1, 0, 0, 20));
        var expected = Enumerable.Range(0, 5).Select(_ => plain.Next().Targets.ToArray<int>()).ToArray();
        data.FailingRow = expected[2][0];
        using var prefetched = new PrefetchedBatches(new BatchSource(data, 4, new BatchPosition(1, 0, 0, 20)));
        Assert.Equal(expected[0], prefetched.Next().Targets.ToArray<int>());
        Assert.Equal(expected[1], prefetched.Next().Targets.ToArray<int>());
        Assert.Contains("cannot be read", Assert.Throws<IOException>(() => prefetched.Next()).Message);
        Assert.Equal(8, prefetched.Position.Offset);
        data.FailingRow = -1;
        Assert.Equal(expected[2], prefetched.Next().Targets.ToArray<int>());
    }

    [Fact]
    public void Waiting_stops_where_it_is_asked_to_and_nothing_has_changed()
    {
        var data = new Failing(20) { FailingRow = -1 };
        data.Gate.Reset();
        using var prefetched = new PrefetchedBatches(new BatchSource(data, 4, new BatchPosition(1, 0, 0, 20)));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.ThrowsAny<OperationCanceledException>(() => prefetched.Next(stop.Token));
        Assert.Equal(0, prefetched.Position.Offset);
        data.Gate.Set();
        using var plain = new BatchSource(data, 4, new BatchPosition(1, 0, 0, 20));
        Assert.Equal(plain.Next().Targets.ToArray<int>(), prefetched.Next().Targets.ToArray<int>());
    }

    [Fact]
    public void It_is_disposed_at_any_moment_without_a_deadlock()
    {
        for (int taken = 0; taken < 50; taken++)
        {
            using var source = Source(23, 5);
            using var prefetched = new PrefetchedBatches(source, 1 + (taken % 3));
            for (int i = 0; i < taken % 7; i++)
                _ = prefetched.Next();
        }
    }

    [Fact]
    public void A_batch_is_released_with_the_next_and_its_memory_is_used_again()
    {
        var data = new TensorDataSet(Tensor.Zeros([1000, 1000]), Tensor.From([.. Enumerable.Range(0, 1000)], [1000]));
        using var source = data.Batches(250, new Philox(1));
        using var prefetched = new PrefetchedBatches(source);
        var first = prefetched.Next();
        for (int i = 0; i < 10; i++)
            _ = prefetched.Next();
        Assert.True(first.Inputs.IsReleased && first.Targets.IsReleased);
        // Not the bytes that the process allocates: other tests run beside.
        var places = new HashSet<nint>();
        for (int i = 0; i < 200; i++)
            _ = places.Add(AddressOf(prefetched.Next().Inputs));
        Assert.InRange(places.Count, 1, 20);
    }

    private static unsafe nint AddressOf(Tensor tensor) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.ReadOnlyValues<float>()));

    private static BatchSource Source(int count, int batchSize, PartialBatch partial = PartialBatch.Keep) => new(
        new TensorDataSet(Tensor.Zeros([count, 2]), Tensor.From([.. Enumerable.Range(0, count)], [count])),
        batchSize, new BatchPosition(3, 0, 0, count), partial);

    private sealed class Wrapped(BatchSource source) : IBatchSource
    {
        public int BatchSize => source.BatchSize;

        public int BatchesPerEpoch => source.BatchesPerEpoch;

        public BatchPosition Position { get => source.Position; set => source.Position = value; }

        public Batch Next(CancellationToken cancellation = default) => source.Next(cancellation);
    }

    private sealed class Failing(int count) : DataSet(count, new Shape([1]), DataType.Float32, new Shape([]), DataType.Int32)
    {
        internal ManualResetEventSlim Gate { get; } = new(true);

        internal int FailingRow { get; set; }

        protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
        {
            Gate.Wait();
            if (rows.Contains(FailingRow))
                throw new IOException($"row {FailingRow} cannot be read");
            rows.CopyTo(targets.Values<int>());
        }
    }
}
