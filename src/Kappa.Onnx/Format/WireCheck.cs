namespace Kappa.Onnx.Format;

/// <summary>
/// Walks the fields of a file before it is parsed, so that nothing is allocated for one that is cut short, and so that one made of millions of small messages,
/// each of which takes many times its bytes once it is parsed, is refused.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="length">Its bytes.</param>
internal sealed class WireCheck(string path, int length)
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    /// <summary>Bytes that a message takes beside its fields, and that a number of a list takes.</summary>
    private const int MessageCost = 192, NumberCost = 16;

    /// <summary>What all of them may take beyond the bytes of the file.</summary>
    private const long FreeCost = 32L << 20;

    /// <summary>The messages within messages, by the kind of the outer one and the number of the field; others are text, bytes and numbers.</summary>
    private static readonly Dictionary<(Kind Outer, int Field), Kind> Inner = new()
    {
        [(Kind.Model, 7)] = Kind.Graph,
        [(Kind.Model, 8)] = Kind.Flat,
        [(Kind.Model, 14)] = Kind.Flat,
        [(Kind.Model, 25)] = Kind.Flat,
        [(Kind.Graph, 1)] = Kind.Node,
        [(Kind.Graph, 5)] = Kind.Tensor,
        [(Kind.Graph, 11)] = Kind.Value,
        [(Kind.Graph, 12)] = Kind.Value,
        [(Kind.Graph, 15)] = Kind.Flat,
        [(Kind.Node, 5)] = Kind.Attribute,
        [(Kind.Attribute, 5)] = Kind.Tensor,
        [(Kind.Attribute, 6)] = Kind.Flat,
        [(Kind.Attribute, 11)] = Kind.Flat,
        [(Kind.Tensor, 13)] = Kind.Flat,
        [(Kind.Value, 2)] = Kind.Type,
        [(Kind.Type, 1)] = Kind.TensorType,
        [(Kind.TensorType, 2)] = Kind.Shape,
        [(Kind.Shape, 1)] = Kind.Flat,
    };

    private long _cost;

    private enum Kind
    {
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        Value,
        Type,
        TensorType,
        Shape,
        Flat,
    }

    /// <summary>Walks the whole file.</summary>
    /// <exception cref="OnnxException">A field reaches out of what it lies in, or there are too many for the size of the file.</exception>
    internal void Require(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            throw new OnnxException(path, "it is empty; expected an ONNX model");
        Walk(Kind.Model, bytes, 0);
    }

    private void Walk(Kind kind, ReadOnlySpan<byte> bytes, int offset)
    {
        int place = 0;
        while (place < bytes.Length)
        {
            ulong tag = Next(bytes, ref place, offset);
            switch ((int)(tag & 7))
            {
                case Varint:
                    _ = Next(bytes, ref place, offset);
                    Spend(NumberCost);
                    break;
                case Fixed64:
                    place += 8;
                    break;
                case Fixed32:
                    place += 4;
                    Spend(NumberCost);
                    break;
                case Delimited:
                    ulong size = Next(bytes, ref place, offset);
                    if (size > (ulong)(bytes.Length - place))
                        throw Fault($"the field at byte {offset + place:N0} says that it has {size:N0} bytes, and {bytes.Length - place:N0} are left");
                    if (Inner.TryGetValue((kind, (int)Math.Min(tag >> 3, int.MaxValue)), out var inner))
                        Walk(inner, bytes.Slice(place, (int)size), offset + place);
                    Spend(MessageCost);
                    place += (int)size;
                    break;
                default:
                    throw Fault($"the field at byte {offset + place:N0} is of a kind that the format does not have");
            }

            if (place > bytes.Length)
                throw Fault($"it ends within a field, at byte {offset + bytes.Length:N0}");
        }
    }

    private void Spend(int cost)
    {
        _cost += cost;
        if (_cost > FreeCost + length)
            throw Fault($"it holds more messages than its {length:N0} bytes of weights and nodes can mean; parsed they would take many times its size");
    }

    private ulong Next(ReadOnlySpan<byte> bytes, ref int place, int offset)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (place >= bytes.Length)
                throw Fault($"it ends within a number, at byte {offset + place:N0}");
            byte next = bytes[place++];
            value |= (ulong)(next & 127) << Math.Min(shift, 63);
            if (next < 128)
                return value;
        }

        throw Fault($"the number at byte {offset + place:N0} has more than 64 bits");
    }

    private OnnxException Fault(string message) => new(path, $"it is not an ONNX model, or damaged: {message}. Is it the right file, and whole?");
}
