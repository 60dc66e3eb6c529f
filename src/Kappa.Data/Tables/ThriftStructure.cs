namespace Kappa.Data.Tables;

/// <summary>Walks over a structure in Thrift's compact protocol, and finds whether its parts are of the kinds that they should be and
/// end where they should.</summary>
/// <remarks>Source: "Thrift Compact protocol encoding", https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.</remarks>
/// <param name="bytes">The structure.</param>
internal ref struct ThriftStructure(ReadOnlySpan<byte> bytes)
{
    // Parquet's footers are some eight levels deep.
    private const int MostDepth = 64;
    private const int MostVarintBytes = 10;
    private const int LongList = 15;
    private const int UuidBytes = 16;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>Walks from the first byte to the last.</summary>
    /// <param name="part">What the structure is. A part that it does not know may be of any kind but a structure with fields: the library cannot skip
    /// one.</param>
    /// <exception cref="InvalidDataException">A part is of another kind than it should be, reaches beyond the end, or bytes are left over.</exception>
    internal void RequireWhole(ThriftPart part)
    {
        Skip(ThriftKind.Struct, part, isElement: false, depth: 0);
        if (_position != _bytes.Length)
            throw new InvalidDataException($"{_bytes.Length - _position} bytes are left over after its footer");
    }

    private void Skip(ThriftKind kind, ThriftPart? part, bool isElement, int depth)
    {
        if (depth > MostDepth)
            throw new InvalidDataException($"its footer is more than {MostDepth} levels deep");
        if (part is not null && part.Kind != (kind == ThriftKind.False ? ThriftKind.True : kind))
            throw new InvalidDataException($"a part of its footer is of kind {kind}, and the format has {part.Kind} there");
        if (part is null && kind == ThriftKind.Struct && _position < _bytes.Length && _bytes[_position] != (byte)ThriftKind.Stop)
            throw new InvalidDataException("its footer has a structure where the format has none");
        switch (kind)
        {
            case ThriftKind.True or ThriftKind.False:
                // A field's value is its kind; an element's is a byte.
                Skip(isElement ? 1UL : 0UL);
                break;
            case ThriftKind.Byte:
                Skip(1);
                break;
            case ThriftKind.Int16 or ThriftKind.Int32 or ThriftKind.Int64:
                _ = Varint();
                break;
            case ThriftKind.Double:
                Skip(sizeof(double));
                break;
            case ThriftKind.Uuid:
                Skip(UuidBytes);
                break;
            case ThriftKind.Binary:
                Skip(Varint());
                break;
            case ThriftKind.List or ThriftKind.Set:
                SkipList(part?.Element, depth);
                break;
            case ThriftKind.Map:
                SkipMap(depth);
                break;
            case ThriftKind.Struct:
                SkipStruct(part, depth);
                break;
            default:
                throw new InvalidDataException($"a part of its footer is of kind {(int)kind}, which there is not");
        }
    }

    private void SkipList(ThriftPart? element, int depth)
    {
        byte header = Next();
        ulong count = (uint)header >> 4;
        if (count == LongList)
            count = Varint();
        RequireRoomFor(count);
        for (ulong i = 0; i < count; i++)
            Skip((ThriftKind)(header & 15), element, isElement: true, depth + 1);
    }

    private void SkipMap(int depth)
    {
        ulong count = Varint();
        RequireRoomFor(count);
        byte kinds = count == 0 ? (byte)0 : Next();
        for (ulong i = 0; i < count; i++)
        {
            Skip((ThriftKind)(kinds >> 4), null, isElement: true, depth + 1);
            Skip((ThriftKind)(kinds & 15), null, isElement: true, depth + 1);
        }
    }

    private void SkipStruct(ThriftPart? part, int depth)
    {
        ulong field = 0;
        while (Next() is var header && header != (byte)ThriftKind.Stop)
        {
            field = (uint)header >> 4 is > 0 and var step ? field + step : Identifier();
            if (field > (ulong)short.MaxValue)
                throw new InvalidDataException($"a field of its footer has the identifier {field}");
            var known = part is not null && field > 0 && field <= (ulong)part.Fields.Count ? part.Fields[(int)field - 1] : null;
            Skip((ThriftKind)(header & 15), known, isElement: false, depth + 1);
        }
    }

    /// <summary>A whole number as the protocol writes those with a sign: odd ones are below zero, which no identifier is.</summary>
    private ulong Identifier() => Varint() is var value && (value & 1) == 0
        ? value >> 1
        : throw new InvalidDataException("a field of its footer has an identifier below zero");

    private ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < MostVarintBytes; i++)
        {
            byte next = Next();
            value |= (ulong)(next & 127) << (7 * i);
            if (next < 128)
                return value;
        }
        throw new InvalidDataException($"a number of its footer takes more than {MostVarintBytes} bytes");
    }

    private byte Next() => _position < _bytes.Length ? _bytes[_position++] : throw Beyond();

    private void Skip(ulong count)
    {
        RequireRoomFor(count);
        _position += (int)count;
    }

    // Every element takes a byte at least.
    private readonly void RequireRoomFor(ulong count)
    {
        if (count > (ulong)(_bytes.Length - _position))
            throw Beyond();
    }

    private static InvalidDataException Beyond() => new("a part of its footer reaches beyond the footer's end");
}
