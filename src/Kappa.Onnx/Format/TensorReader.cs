using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf.Collections;
using Kappa.Onnx.Values;

namespace Kappa.Onnx.Format;

/// <summary>Reads tensors of a model's file. Numbers of 16 bits widen to Float32; integers and truth values become 64-bit integers.</summary>
/// <param name="path">The model's file.</param>
internal sealed class TensorReader(string path)
{
    private const int External = 1;

    private readonly ExternalData _external = new(path);

    /// <summary>Reads one; its bytes in the message are let go.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="named">What a message calls it, such as <c>the initializer "fc.weight"</c>.</param>
    internal Value Read(TensorProto tensor, string named)
    {
        var type = (ElementType)tensor.DataType;
        var shape = ShapeOf(tensor, named);
        if (type.SizeOf() == 0)
        {
            throw new OnnxException(
                path, $"{named} holds {ElementTypes.Named(tensor.DataType)}; expected Float, Double, Float16, BFloat16, integers or Bool");
        }

        var bytes = Bytes(tensor, named, (long)shape.Count * type.SizeOf());
        if (bytes is null && TypedCount(tensor, type) != shape.Count)
        {
            throw new OnnxException(
                path, $"{named} {shape} takes {shape.Count:N0} elements; the file holds {TypedCount(tensor, type):N0}. It is damaged, or was not written whole");
        }

        Value result = type.IsFloating() ? Floating(tensor, type, shape, bytes) : new Integers(Whole(tensor, type, shape.Count, bytes), shape, type);
        tensor.RawData = Google.Protobuf.ByteString.Empty;
        tensor.FloatData.Clear();
        return result;
    }

    /// <summary>The shape of a tensor that has elements, or of an empty list of integers.</summary>
    private Shape ShapeOf(TensorProto tensor, string named)
    {
        if (tensor.Dims.Count >= Shape.MaxRank)
            throw new OnnxException(path, $"{named} has {tensor.Dims.Count} axes; expected at most {Shape.MaxRank - 1}");
        Int128 count = 1;
        foreach (long length in tensor.Dims)
        {
            if (length < 0 || length > int.MaxValue)
                throw new OnnxException(path, $"{named} has an axis of length {length}; expected 0 to {int.MaxValue:N0}");
            count *= length;
        }

        string written = $"[{string.Join(", ", tensor.Dims)}]";
        bool isEmptyList = count == 0 && tensor.Dims.Count == 1 && !((ElementType)tensor.DataType).IsFloating();
        if (count == 0 && !isEmptyList)
            throw new OnnxException(path, $"{named} {written} has no elements; expected one or more");
        if (count > int.MaxValue)
            throw new OnnxException(path, $"{named} {written} has {count} elements; a tensor holds at most {int.MaxValue:N0}");
        return new Shape([.. tensor.Dims.Select(length => (int)length)]);
    }

    private byte[]? Outside(TensorProto tensor, string named, long bytes) => tensor.DataLocation == External ? _external.Read(tensor, named, bytes) : null;

    /// <summary>The bytes, little-endian; null where the elements stand in a field of their type.</summary>
    private ReadOnlyMemory<byte>? Bytes(TensorProto tensor, string named, long expected)
    {
        if (Outside(tensor, named, expected) is { } read)
            return read;
        if (tensor.RawData.Length == 0)
            return expected == 0 ? ReadOnlyMemory<byte>.Empty : null;
        return tensor.RawData.Length == expected
            ? tensor.RawData.Memory
            : throw new OnnxException(
                path, $"{named} takes {expected:N0} bytes by its shape [{string.Join(", ", tensor.Dims)}]; the file holds {tensor.RawData.Length:N0}. It is damaged, "
                + "or was not written whole");
    }

    private static int TypedCount(TensorProto tensor, ElementType type) => type switch
    {
        ElementType.Float => tensor.FloatData.Count,
        ElementType.Double => tensor.DoubleData.Count,
        ElementType.Int64 => tensor.Int64Data.Count,
        ElementType.UInt32 or ElementType.UInt64 => tensor.Uint64Data.Count,
        _ => tensor.Int32Data.Count,
    };

    private static Numbers Floating(TensorProto tensor, ElementType type, Shape shape, ReadOnlyMemory<byte>? bytes)
    {
        var result = Tensor.Uninitialized(shape, type.Widened());
        if (type == ElementType.Double)
        {
            Fill(result.WritableValues<double>(), tensor.DoubleData, bytes, BinaryPrimitives.ReadDoubleLittleEndian);
            return new Numbers(result);
        }

        var values = result.WritableValues<float>();
        switch (type)
        {
            case ElementType.Float:
                Fill(values, tensor.FloatData, bytes, BinaryPrimitives.ReadSingleLittleEndian);
                break;
            case ElementType.Float16:
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)BitConverter.UInt16BitsToHalf(Short(tensor, bytes, i));
                break;
            default:
                for (int i = 0; i < values.Length; i++)
                    values[i] = BitConverter.UInt32BitsToSingle((uint)Short(tensor, bytes, i) << 16);
                break;
        }

        return new Numbers(result);
    }

    private static ushort Short(TensorProto tensor, ReadOnlyMemory<byte>? bytes, int i) =>
        bytes is { } raw ? BinaryPrimitives.ReadUInt16LittleEndian(raw.Span[(2 * i)..]) : (ushort)tensor.Int32Data[i];

    private static void Fill<T>(Span<T> values, RepeatedField<T> field, ReadOnlyMemory<byte>? bytes, Reader<T> read)
        where T : unmanaged
    {
        if (bytes is { } raw && BitConverter.IsLittleEndian)
        {
            raw.Span.CopyTo(MemoryMarshal.AsBytes(values));
            return;
        }

        int size = MemoryMarshal.AsBytes(values).Length / values.Length;
        for (int i = 0; i < values.Length; i++)
            values[i] = bytes is { } other ? read(other.Span[(i * size)..]) : field[i];
    }

    private static long[] Whole(TensorProto tensor, ElementType type, int count, ReadOnlyMemory<byte>? bytes)
    {
        var result = new long[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = bytes is { } raw ? Element(raw.Span[(i * type.SizeOf())..], type) : type switch
            {
                ElementType.Int64 => tensor.Int64Data[i],
                ElementType.UInt32 or ElementType.UInt64 => unchecked((long)tensor.Uint64Data[i]),
                _ => tensor.Int32Data[i],
            };
        }

        return result;
    }

    private static long Element(ReadOnlySpan<byte> bytes, ElementType type) => type switch
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

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);
}
