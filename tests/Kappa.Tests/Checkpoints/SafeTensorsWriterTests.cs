using Kappa.Checkpoints;
using Kappa.Randomness;

namespace Kappa.Tests.Checkpoints;

public sealed class SafeTensorsWriterTests
{
    [Fact]
    public void Random_files_come_back_whole_whatever_the_order_of_the_entries()
    {
        var random = new Philox(77);
        for (int round = 0; round < 50; round++)
        {
            var entries = Enumerable.Range(0, random.NextInt32(12)).Select(i => RandomEntry(random, i)).ToArray();
            var (forward, backward) = (new MemoryStream(), new MemoryStream());
            SafeTensorsFile.Write(forward, entries);
            SafeTensorsFile.Write(backward, [.. entries.Reverse()]);
            var contents = SafeTensorsFile.Parse(forward.ToArray());

            Assert.Equal(forward.ToArray(), backward.ToArray());
            Assert.Equal(entries.Length, contents.Entries.Count);
            Assert.All(entries, entry =>
            {
                Assert.Equal(entry.Type, contents[entry.Name].Type);
                Assert.Equal(entry.Shape, contents[entry.Name].Shape);
                Assert.Equal(entry.Data.ToArray(), contents[entry.Name].Data.ToArray());
            });
        }
    }

    [Fact]
    public void Elements_are_aligned_for_their_type()
    {
        var entries = Enum.GetValues<SafeTensorsType>().Select(type => new SafeTensorsEntry($"{type}", type, [1], new byte[Size(type)])).ToArray();
        var stream = new MemoryStream();
        SafeTensorsFile.Write(stream, entries);
        int offset = 0;

        Assert.All(SafeTensorsFile.Parse(stream.ToArray()).Entries, entry =>
        {
            Assert.Equal(0, offset % Size(entry.Type));
            offset += entry.Data.Length;
        });
    }

    [Fact]
    public void Entries_that_do_not_fill_their_shape_are_rejected()
    {
        static string Message(string name, long[] shape) =>
            Assert.Throws<ArgumentException>(() => SafeTensorsEntry.Create<float>(name, shape, new float[3])).Message;

        Assert.Contains("Tensor \"w\": expected 16 bytes for F32 [2, 2], got 12 bytes", Message("w", [2, 2]));
        Assert.Contains("without negative or overflowing dimensions", Message("w", [-3]));
        Assert.Contains("without negative or overflowing dimensions", Message("w", [long.MaxValue, 2]));
        Assert.Contains("reserved", Message("__metadata__", [3]));
        Assert.Contains("got 99", Assert.Throws<ArgumentException>(() => new SafeTensorsEntry("w", (SafeTensorsType)99, [1], new byte[8])).Message);
        _ = Assert.Throws<NotSupportedException>(() => SafeTensorsEntry.Create<char>("w", [1], new char[1]));
    }

    [Fact]
    public void Repeated_names_and_half_characters_are_rejected_before_anything_is_written()
    {
        var entry = SafeTensorsEntry.Create<float>("w", [1], new float[1]);
        var stream = new MemoryStream();

        Assert.Contains("got \"w\" twice", Assert.Throws<ArgumentException>(() => SafeTensorsFile.Write(stream, [entry, entry])).Message);
        Assert.Contains("half a surrogate pair", Assert.Throws<ArgumentException>(
            () => SafeTensorsFile.Write(stream, [SafeTensorsEntry.Create<float>("\ud800", [1], new float[1])])).Message);
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void Values_are_given_in_the_type_of_the_file_only()
    {
        var entry = SafeTensorsEntry.Create<float>("w", [2], new[] { 1f, 2f });

        Assert.Equal([1f, 2f], entry.Values<float>());
        Assert.Contains("holds F32, asked for F64", Assert.Throws<InvalidOperationException>(() => entry.Values<double>().Length).Message);
    }

    [Fact]
    public void Entries_share_the_memory_of_their_numbers()
    {
        var values = new float[3];
        var entry = SafeTensorsEntry.Create<float>("w", [2], values.AsMemory(1));
        values[2] = 5f;

        Assert.Equal([0f, 5f], entry.Values<float>());
        using var pin = entry.Data.Pin();
        unsafe
        {
            Assert.Equal(5f, ((float*)pin.Pointer)[1]);
        }
    }

    private static SafeTensorsEntry RandomEntry(Philox random, int index)
    {
        var types = Enum.GetValues<SafeTensorsType>();
        var type = types[random.NextInt32(types.Length)];
        long[] shape = [.. Enumerable.Range(0, random.NextInt32(4)).Select(_ => (long)random.NextInt32(5))];
        var data = new byte[shape.Aggregate(1L, (product, dimension) => product * dimension) * Size(type)];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)random.NextUInt32();
        }
        return new($"t{index}", type, shape, data);
    }

    private static int Size(SafeTensorsType type) => $"{type}" is "BOOL" ? 1 : int.Parse($"{type}".Split('_')[0].TrimStart('B', 'F', 'I', 'U')) / 8;
}
