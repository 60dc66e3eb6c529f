using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Kappa.Onnx.Format;

/// <summary>The elements of a tensor as its file holds them, as many as its shape says.</summary>
internal sealed class PackedElements
{
    private readonly string _path;
    private readonly string _named;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly bool _isPacked;

    /// <summary>Takes the bytes.</summary>
    /// <param name="path">The model's file.</param>
    /// <param name="named">What a message calls the tensor.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="bytes">The elements, little-endian, or packed.</param>
    /// <param name="isPacked">Whether each takes as many bytes as it needs, seven bits in each.</param>
    /// <exception cref="OnnxException">There are fewer or more than the shape says.</exception>
    internal PackedElements(string path, string named, ElementType type, Shape shape, ReadOnlyMemory<byte> bytes, bool isPacked)
    {
        (_path, _named, Type, Shape, _bytes, _isPacked) = (path, named, type, shape, bytes, isPacked);
        long expected = (long)shape.Count * type.SizeOf();
        // Packed, an element takes a byte or more.
        if (isPacked ? bytes.Length < shape.Count : bytes.Length != expected)
            throw Fault($"takes {(isPacked ? $"{shape.Count:N0} bytes or more" : $"{expected:N0} bytes")}; the file holds {bytes.Length:N0}");
    }

    internal ElementType Type { get; }

    internal Shape Shape { get; }

    internal void CopyTo(Span<double> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            _bytes.Span.CopyTo(MemoryMarshal.AsBytes(values));
            return;
        }

        for (int i = 0; i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadDoubleLittleEndian(_bytes.Span[(8 * i)..]);
    }

    internal void CopyTo(Span<float> values)
    {
        var bytes = _bytes.Span;
        if (Type == ElementType.Float && BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(values));
            return;
        }

        int start = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (Type == ElementType.Float)
            {
                values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
                continue;
            }

            ushort bits = _isPacked ? (ushort)Next(ref start) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]);
            values[i] = Type == ElementType.Float16 ? (float)BitConverter.UInt16BitsToHalf(bits) : BitConverter.UInt32BitsToSingle((uint)bits << 16);
        }

        RequireEnd(start);
    }

    internal long[] ToIntegers()
    {
        var result = new long[Shape.Count];
        int start = 0;
        for (int i = 0; i < result.Length; i++)
            result[i] = _isPacked ? Whole(Next(ref start)) : Element(_bytes.Span[(i * Type.SizeOf())..]);
        RequireEnd(start);
        return result;
    }

    private void RequireEnd(int start)
    {
        if (_isPacked && start != _bytes.Length)
            throw Fault($"takes {Shape.Count:N0} elements; the file holds more");
    }

    /// <summary>The next packed element.</summary>
    private ulong Next(ref int start)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (start >= _bytes.Length)
                throw Fault($"takes {Shape.Count:N0} elements; the file holds fewer");
            byte next = _bytes.Span[start++];
            value |= shift == 63 ? (ulong)(next & 1) << 63 : (ulong)(next & 127) << shift;
            if (next < 128)
                return value;
        }

        throw Fault("takes integers of 64 bits; the file holds a longer one");
    }

    private long Whole(ulong value) => Type switch
    {
        ElementType.Bool => value == 0 ? 0 : 1,
        ElementType.Int64 or ElementType.UInt64 or ElementType.UInt32 => unchecked((long)value),
        _ => unchecked((int)value),
    };

    private long Element(ReadOnlySpan<byte> bytes) => Type switch
    {
        ElementType.Bool => bytes[0] == 0 ? 0 : 1,
        ElementType.UInt8 => bytes[0],
        ElementType.Int8 => (sbyte)bytes[0],
        ElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };

    private OnnxException Fault(string message) => new(_path, $"{_named} {Shape} {message}. It is damaged, or was not written whole");
}
