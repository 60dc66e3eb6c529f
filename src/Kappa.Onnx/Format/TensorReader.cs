using Google.Protobuf;
using Kappa.Onnx.Values;

namespace Kappa.Onnx.Format;

/// <summary>Reads tensors of a model's file. Numbers of 16 bits widen to Float32; integers and truth values become 64-bit integers.</summary>
/// <param name="path">The model's file.</param>
internal sealed class TensorReader(string path)
{
    private const int External = 1;

    /// <summary>Integers take 8 bytes each, however few they take in the file: indices, masks and lengths of axes are few.</summary>
    private const long MostIntegers = 1 << 22;

    private readonly ExternalData _external = new(path);
    private long _integers;

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

        if (!type.IsFloating() && (_integers += shape.Count) > MostIntegers)
            throw new OnnxException(path, $"{named} {shape} makes it more than {MostIntegers:N0} integers; weights are floating-point numbers. Is the model "
                + $"quantised?");
        var elements = new PackedElements(path, named, type, shape, Bytes(tensor, type, named, (long)shape.Count * type.SizeOf(), out bool isPacked), isPacked);
        Value result = type.IsFloating() ? new Numbers(Floating(elements)) : new Integers(elements.ToIntegers(), shape, type);
        // Whoever reads the next one has the memory of this one.
        (tensor.RawData, tensor.FloatData, tensor.DoubleData) = (ByteString.Empty, ByteString.Empty, ByteString.Empty);
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

    /// <summary>The elements as bytes: little-endian, or packed as the format packs integers of varying length.</summary>
    private ReadOnlyMemory<byte> Bytes(TensorProto tensor, ElementType type, string named, long expected, out bool isPacked)
    {
        isPacked = false;
        if (tensor.DataLocation == External)
            return _external.Read(tensor, named, expected);
        if (tensor.RawData.Length > 0)
            return tensor.RawData.Memory;
        isPacked = type is not (ElementType.Float or ElementType.Double);
        return (type switch
        {
            ElementType.Float => tensor.FloatData,
            ElementType.Double => tensor.DoubleData,
            ElementType.Int64 => tensor.Int64Data,
            ElementType.UInt32 or ElementType.UInt64 => tensor.Uint64Data,
            _ => tensor.Int32Data,
        }).Memory;
    }

    private static Tensor Floating(PackedElements elements)
    {
        var result = Tensor.Uninitialized(elements.Shape, elements.Type.Widened());
        if (result.DataType == DataType.Float64)
            elements.CopyTo(result.WritableValues<double>());
        else
            elements.CopyTo(result.WritableValues<float>());
        return result;
    }
}
