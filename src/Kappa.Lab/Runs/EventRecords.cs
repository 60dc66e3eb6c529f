using System.Buffers.Binary;
using System.Numerics;

namespace Kappa.Lab.Runs;

/// <summary>The bytes of TensorBoard's event files: messages of protocol buffers (<c>tensorflow/core/util/event.proto</c>, <c>framework/summary.proto</c>),
/// each in the frame of TFRecord: its length, the length's checksum, itself, its checksum.</summary>
internal static class EventRecords
{
    /// <summary>A name that TensorBoard takes for one of its files, and that stays the same when a run resumes.</summary>
    internal const string FileName = "events.out.tfevents.kappa";

    private const string Version = "brain.Event:2";

    // Of a field: its number, and how its value is written.
    private const int WallTime = 1 << 3 | Fixed64, Step = 2 << 3 | Varint, FileVersion = 3 << 3 | Bytes, Summary = 5 << 3 | Bytes;
    private const int SummaryValue = 1 << 3 | Bytes, Tag = 1 << 3 | Bytes, SimpleValue = 2 << 3 | Fixed32;
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    /// <summary>What a file begins with.</summary>
    internal static byte[] Header(DateTimeOffset time) => Frame([.. Time(time), .. Field(FileVersion, Encoding.UTF8.GetBytes(Version))]);

    /// <summary>Scalars of a step, in single precision, which is what the format has.</summary>
    internal static byte[] Of(DateTimeOffset time, int step, IEnumerable<(string Tag, double Value)> scalars)
    {
        byte[] values = [.. scalars.SelectMany(scalar => Field(SummaryValue, [.. Field(Tag, Encoding.UTF8.GetBytes(scalar.Tag)), .. Scalar(scalar.Value)]))];
        return Frame([.. Time(time), Step, .. Number((ulong)step), .. Field(Summary, values)]);
    }

    private static byte[] Time(DateTimeOffset time)
    {
        byte[] bytes = [WallTime, .. new byte[sizeof(double)]];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1), (time - DateTimeOffset.UnixEpoch).TotalSeconds);
        return bytes;
    }

    private static byte[] Scalar(double value)
    {
        byte[] bytes = [SimpleValue, .. new byte[sizeof(float)]];
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(1), (float)value);
        return bytes;
    }

    private static byte[] Field(byte key, byte[] value) => [key, .. Number((ulong)value.Length), .. value];

    /// <summary>Seven bits a byte, the lowest first; all but the last byte have the highest bit.</summary>
    private static IEnumerable<byte> Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }

    private static byte[] Frame(byte[] message)
    {
        byte[] frame = new byte[sizeof(ulong) + sizeof(uint) + message.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(sizeof(ulong)), Checksum(frame.AsSpan(0, sizeof(ulong))));
        message.CopyTo(frame, sizeof(ulong) + sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(frame.Length - sizeof(uint)), Checksum(message));
        return frame;
    }

    /// <summary>CRC32C, turned and shifted, so that the checksum of data with checksums in them stays one.</summary>
    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
            crc = BitOperations.Crc32C(crc, value);
        return unchecked(BitOperations.RotateRight(~crc, 15) + 0xa282ead8);
    }
}
