namespace Kappa.Data.Tests.Tables;

public sealed class CsvStreamTests : IDisposable
{
    private const int Count = 200;
    private readonly TemporaryFolder _folder = new();
    private readonly TableEncoder _encoder;
    private readonly string _path;

    public CsvStreamTests()
    {
        _path = _folder["a.csv"];
        File.WriteAllText(_path, "note,x,kind,y\n" + string.Concat(Enumerable.Range(0, Count).Select(i => $"n{i},{i},{(i % 3 == 0 ? "a" : "b")},{i}.5\n")));
        _encoder = TableEncoder.Fit(Table.ReadCsv(_path).Select("x", "kind", "y"), "y");
    }

    [Theory]
    [InlineData(1, PartialBatch.Keep)]
    [InlineData(16, PartialBatch.Drop)]
    [InlineData(10_000, PartialBatch.Keep)]
    public void An_epoch_gives_every_row_once_with_its_inputs(int window, PartialBatch partial)
    {
        using var stream = Stream(window, partial);
        var expected = _encoder.Encode(Table.ReadCsv(_path)).Take([.. Enumerable.Range(0, Count)]);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            List<int> rows = [];
            foreach (var (x, y) in stream)
            {
                for (int i = 0; i < y.Count; i++)
                {
                    int row = (int)y.Values<float>()[i];
                    rows.Add(row);
                    Assert.Equal(expected.Inputs.ToArray<float>().AsSpan(row * 3, 3).ToArray(), x.ToArray<float>().AsSpan(i * 3, 3).ToArray());
                }
            }
            Assert.Equal(partial == PartialBatch.Keep ? Count : Count / 12 * 12, rows.Distinct().Count());
            Assert.Equal(rows.Count, rows.Distinct().Count());
            Assert.Equal(window == 1, rows.SequenceEqual(rows.Order()));
            Assert.Equal((epoch + 1, 0), (stream.Position.Epoch, stream.Position.Offset));
            // A row comes less than a window early.
            Assert.All(rows.Select((row, place) => row - place), early => Assert.True(early < window));
        }
    }

    [Fact]
    public void A_stream_resumed_anywhere_gives_the_same_bits()
    {
        using var whole = Stream(32);
        List<float[]> expected = [];
        List<BatchPosition> positions = [];
        for (int i = 0; i < 40; i++)
        {
            positions.Add(whole.Position);
            expected.Add(whole.Next().Targets.ToArray<float>());
        }
        Assert.NotEqual(expected[0], expected[17]);
        using var resumed = Stream(32);
        foreach (int start in new[] { 39, 20, 17, 3, 0 })
        {
            resumed.Position = positions[start];
            for (int i = start; i < Math.Min(40, start + 6); i++)
                Assert.Equal(expected[i], resumed.Next().Targets.ToArray<float>());
        }
        using var prefetched = new PrefetchedBatches(Stream(32));
        foreach (float[] batch in expected)
            Assert.Equal(batch, prefetched.Next().Targets.ToArray<float>());
    }

    [Fact]
    public void A_row_that_the_encoder_does_not_know_and_a_file_that_changed_are_said()
    {
        using (var stream = Stream(32))
        {
            _ = stream.Next();
            File.AppendAllText(_path, "n,1,c,1.5\n");
            stream.Position = stream.Position with { Epoch = 1, Offset = 0 };
            Assert.Contains("expected a file that stays as it is", Assert.Throws<DataFileException>(() => stream.Next()).Message);
        }
        using var changed = Stream(32);
        Assert.Contains("row 200 has \"c\" in column \"kind\", which no training row has", Assert.Throws<DataFileException>(() =>
        {
            foreach (var _ in changed)
                continue;
        }).Message);
        Assert.Contains("expected a place among 201 rows", Assert.Throws<ArgumentException>(() => changed.Position = new BatchPosition(1, 0, 0, 5)).Message);
    }

    public void Dispose() => _folder.Dispose();

    private CsvStream Stream(int window, PartialBatch partial = PartialBatch.Keep) =>
        new(_path, _encoder, 12, 4, new CsvOptions { BlockBytes = 256 }, window, partial);
}
