using System.Buffers.Binary;
using System.Text;

namespace Kappa.Lab.Tests.Studies.Train;

/// <summary>TensorBoard's event files, read back by the specifications alone: TFRecord's frames, a table of CRC32C, and the wire format of protocol
/// buffers.</summary>
public sealed class EventFileTests
{
    [Fact]
    public void Its_scalars_are_those_of_the_metrics_and_a_resume_repeats_none()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder);
        foreach (int stop in new[] { 0, 10, 20 })
            Assert.Null(SmallRun.Continue(config, folder["run"], stop, writesEvents: stop == 0));
        Assert.NotNull(SmallRun.Continue(config, folder["run"], null));
        var lines = new TrainingFolder(new RunPart(folder["run"])).ReadMetrics();
        Assert.Equal([0, 5, 10, 15, 20, 23], lines.Select(line => line.Step));
        var events = Read(File.ReadAllBytes(folder[$"run/{EventRecords.FileName}"]));
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal(Expected(lines), events.Skip(1).SelectMany(one => one.Scalars.Select(scalar => (one.Step, scalar.Tag, scalar.Value))));
        // Times are of this year and go up as the seconds of the metrics do.
        double now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        Assert.All(events, one => Assert.InRange(one.Time, now - 86_400, now + 1));
        Assert.Equal(lines[^1].Seconds - lines[0].Seconds, events[^1].Time - events[1].Time, 1e-3);
    }

    [Fact]
    public void It_is_written_where_it_is_asked_for_and_for_a_finished_run_as_well()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder, """{"diagnostics": 10}""");
        Assert.NotNull(SmallRun.Continue(config, folder["run"], null));
        string path = folder[$"run/{EventRecords.FileName}"];
        Assert.False(File.Exists(path));
        Assert.NotNull(SmallRun.Continue(config, folder["run"], null, writesEvents: true));
        var lines = new TrainingFolder(new RunPart(folder["run"])).ReadMetrics();
        Assert.Contains(lines, line => line.Diagnostics is not null);
        Assert.Equal(Expected(lines), Read(File.ReadAllBytes(path)).SelectMany(one => one.Scalars.Select(scalar => (one.Step, scalar.Tag, scalar.Value))));
        Assert.True(RunPaths.IsOfRun(path));
    }

    [Fact]
    public void Long_tags_and_large_steps_have_numbers_of_several_bytes()
    {
        string tag = new('é', 200);
        byte[] bytes = EventRecords.Of(DateTimeOffset.UnixEpoch.AddSeconds(1.5), int.MaxValue, [(tag, -0.0), ("b", double.PositiveInfinity)]);
        var only = Assert.Single(Read(bytes));
        Assert.Equal((1.5, int.MaxValue), (only.Time, (int)only.Step));
        Assert.Equal([(tag, -0f), ("b", float.PositiveInfinity)], only.Scalars);
        // The check value of CRC32C (RFC 3720, B.4: 32 bytes of zeros).
        Assert.Equal(0x8a9136aau, Crc(new byte[32]));
    }

    private static IEnumerable<(long, string, float)> Expected(IReadOnlyList<TrainingLine> lines) => lines.SelectMany(line => new (string Tag, double? Value)[]
    {
        ("loss/training", line.TrainingLoss), ("loss/validation", line.ValidationLoss), ("bits per character/validation", line.BitsPerCharacter),
        ("gradient norm", line.GradientNorm), ("learning rate", line.LearningRate),
    }.Where(one => one.Value is not null).Select(one => ((long)line.Step, one.Tag, (float)one.Value!.Value)));

    private sealed record Event(double Time, long Step, string Version, IReadOnlyList<(string Tag, float Value)> Scalars);

    private static List<Event> Read(ReadOnlySpan<byte> file)
    {
        List<Event> events = [];
        while (file.Length > 0)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            Assert.Equal(Masked(file[..8]), BinaryPrimitives.ReadUInt32LittleEndian(file[8..]));
            var message = file.Slice(12, length);
            Assert.Equal(Masked(message), BinaryPrimitives.ReadUInt32LittleEndian(file[(12 + length)..]));
            var fields = Fields(message.ToArray());
            events.Add(new Event(
                BitConverter.ToDouble(fields.Single(field => field.Number == 1).Value),
                fields.Where(field => field.Number == 2).Select(field => BitConverter.ToInt64(field.Value)).SingleOrDefault(),
                Encoding.UTF8.GetString(fields.SingleOrDefault(field => field.Number == 3).Value ?? []),
                [.. fields.Where(field => field.Number == 5).SelectMany(field => Fields(field.Value)).Select(field => Fields(field.Value)).Select(ScalarOf)]));
            file = file[(16 + length)..];
        }
        return events;
    }

    private static (string, float) ScalarOf(List<(int Number, byte[] Value)> value) => (
        Encoding.UTF8.GetString(value.Single(field => field.Number == 1).Value), BitConverter.ToSingle(value.Single(field => field.Number == 2).Value));

    private static List<(int Number, byte[] Value)> Fields(byte[] message)
    {
        List<(int, byte[])> fields = [];
        for (int at = 0; at < message.Length;)
        {
            long key = Varint(message, ref at);
            int length = (key & 7) switch { 1 => 8, 5 => 4, 2 => (int)Varint(message, ref at), 0 => 0, _ => throw new InvalidDataException($"key {key}") };
            byte[] value = (key & 7) == 0 ? BitConverter.GetBytes(Varint(message, ref at)) : message[at..(at + length)];
            fields.Add(((int)(key >> 3), value));
            at += length;
        }
        return fields;
    }

    private static long Varint(byte[] message, ref int at)
    {
        long value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte one = message[at++];
            value |= (long)(one & 0x7f) << shift;
            if (one < 0x80)
                return value;
        }
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = Crc(data);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }

    /// <summary>By a table of the reversed Castagnoli polynomial.</summary>
    private static uint Crc(ReadOnlySpan<byte> data)
    {
        uint[] table = [.. Enumerable.Range(0, 256).Select(value =>
        {
            uint entry = (uint)value;
            for (int bit = 0; bit < 8; bit++)
                entry = (entry & 1) != 0 ? (entry >> 1) ^ 0x82f63b78u : entry >> 1;
            return entry;
        })];
        uint crc = uint.MaxValue;
        foreach (byte value in data)
            crc = table[(crc ^ value) & 0xff] ^ (crc >> 8);
        return ~crc;
    }
}
