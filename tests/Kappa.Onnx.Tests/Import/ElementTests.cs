using Google.Protobuf;
using Kappa.Onnx.Values;

namespace Kappa.Onnx.Tests.Import;

/// <summary>Elements of every type, as plain bytes and in the lists of the format, where each takes as many bytes as it needs.</summary>
public sealed class ElementTests
{
    public static TheoryData<int, long[]> WholeNumbers => new()
    {
        { (int)ElementType.Bool, [0, 1, 1] },
        { (int)ElementType.UInt8, [0, 1, 255] },
        { (int)ElementType.Int8, [-128, -1, 127] },
        { (int)ElementType.UInt16, [0, 256, 65535] },
        { (int)ElementType.Int16, [-32768, -1, 32767] },
        { (int)ElementType.Int32, [int.MinValue, -1, int.MaxValue] },
        { (int)ElementType.UInt32, [0, 1, uint.MaxValue] },
        { (int)ElementType.Int64, [long.MinValue, -1, long.MaxValue] },
        { (int)ElementType.UInt64, [0, 1, long.MaxValue] },
    };

    public static TheoryData<int, int[], float[]> ShortNumbers => new()
    {
        { (int)ElementType.Float16, [0x3e00, 0xc000, 0x7bff, 0x0001, 0x7c00], [1.5f, -2, 65504, 1f / (1 << 24), float.PositiveInfinity] },
        {
            (int)ElementType.BFloat16, [0x3fc0, 0xc000, 0x7180, 0x0080, 0x7f80],
            [1.5f, -2, MathF.ScaleB(1, 100), MathF.ScaleB(1, -126), float.PositiveInfinity]
        },
    };

    [Theory]
    [MemberData(nameof(WholeNumbers))]
    public void Whole_numbers_are_the_same_from_bytes_and_from_a_list(int type, long[] values)
    {
        int size = ((ElementType)type).SizeOf();
        foreach (var tensor in (TensorProto[])[OfBytes(type, values, size), OfList(type, values, Packed(values))])
        {
            var read = Assert.IsType<Integers>(Read(tensor));
            Assert.Equal(values, read.Values);
            Assert.Equal((ElementType)type, read.Type);
        }
    }

    [Theory]
    [MemberData(nameof(ShortNumbers))]
    public void Numbers_of_16_bits_are_the_same_from_bytes_and_from_a_list(int type, int[] bits, float[] values)
    {
        long[] elements = [.. bits.Select(pattern => (long)pattern)];
        foreach (var tensor in (TensorProto[])[OfBytes(type, elements, 2), OfList(type, elements, Packed(elements))])
            Assert.Equal(values, Assert.IsType<Numbers>(Read(tensor)).Tensor.ToArray<float>());
    }

    [Theory]
    [InlineData("01 02", "takes 3 bytes or more; the file holds 2")]
    [InlineData("01 02 80", "takes 3 elements; the file holds fewer")]
    [InlineData("01 02 03 04", "takes 3 elements; the file holds more")]
    [InlineData("01 02 ff ff ff ff ff ff ff ff ff ff 01", "takes integers of 64 bits; the file holds a longer one")]
    public void A_list_that_is_no_list_of_so_many_is_refused_by_name(string bytes, string expected)
    {
        var tensor = OfList((int)ElementType.Int64, [1, 2, 3], Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));
        string message = Assert.Throws<OnnxException>(() => Read(tensor)).Message;
        Assert.Contains($"the initializer \"w\" [3] {expected}", message, StringComparison.Ordinal);
    }

    private static Value Read(TensorProto tensor) => new TensorReader("m.onnx").Read(tensor, "the initializer \"w\"");

    private static TensorProto OfBytes(int type, long[] values, int size)
    {
        var tensor = Shaped(type, values);
        tensor.RawData = ByteString.CopyFrom([.. values.SelectMany(value => BitConverter.GetBytes(value)[..size])]);
        return tensor;
    }

    private static TensorProto OfList(int type, long[] values, byte[] packed)
    {
        var tensor = Shaped(type, values);
        var bytes = ByteString.CopyFrom(packed);
        switch ((ElementType)type)
        {
            case ElementType.Int64:
                tensor.Int64Data = bytes;
                break;
            case ElementType.UInt32 or ElementType.UInt64:
                tensor.Uint64Data = bytes;
                break;
            default:
                tensor.Int32Data = bytes;
                break;
        }
        return tensor;
    }

    private static TensorProto Shaped(int type, long[] values)
    {
        var tensor = new TensorProto { Name = "w", DataType = type };
        tensor.Dims.Add(values.Length);
        return tensor;
    }

    /// <summary>As Protocol Buffers' own library writes them.</summary>
    private static byte[] Packed(long[] values)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (long value in values)
                output.WriteInt64(value);
        }
        return stream.ToArray();
    }
}
