using System.Buffers.Binary;
using static Kappa.Data.Tables.ThriftPart;

namespace Kappa.Data.Tables;

/// <summary>The end of a Parquet file, which says where its columns are.</summary>
/// <remarks>The library reads it without a look at the kinds of its parts or at its end, and takes the end for more bytes: a damaged one it may read for ever,
/// on a thread that nothing stops. Source: <c>FileMetaData</c>, https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.</remarks>
internal static class ParquetFooter
{
    // A file begins and ends with four letters; before the last is the length of the footer.
    private const int MagicBytes = 4;
    private const int LengthBytes = sizeof(int);
    private const int TrailerBytes = LengthBytes + MagicBytes;

    private static readonly ThriftPart KeyValue = Struct(Binary, Binary);
    private static readonly ThriftPart Clock = Struct(Truth, Struct(Empty, Empty, Empty));

    private static readonly ThriftPart LogicalType = Struct(
        Empty, Empty, Empty, Empty, Struct(Number, Number), Empty, Clock, Clock, null, Struct(Tiny, Truth), Empty, Empty, Empty, Empty, Empty, Struct(Tiny),
        Struct(Binary), Struct(Binary, Number));

    private static readonly ThriftPart SchemaElement = Struct(Number, Number, Number, Binary, Number, Number, Number, Number, Number, LogicalType);

    private static readonly ThriftPart Statistics = Struct(Binary, Binary, Long, Long, Binary, Binary, Truth, Truth);

    private static readonly ThriftPart ColumnMetaData = Struct(
        Number, List(Number), List(Binary), Number, Long, Long, Long, List(KeyValue), Long, Long, Long, Statistics, List(Struct(Number, Number, Number)), Long,
        Number, Struct(Long, List(Long), List(Long)), Struct(Struct(Real, Real, Real, Real, Real, Real, Real, Real), List(Number)));

    private static readonly ThriftPart ColumnChunk = Struct(
        Binary, Long, ColumnMetaData, Long, Number, Long, Number, Struct(Empty, Struct(List(Binary), Binary)), Binary);

    private static readonly ThriftPart RowGroup = Struct(List(ColumnChunk), Long, Long, List(Struct(Number, Truth, Truth)), Long, Long, Short);

    private static readonly ThriftPart EncryptionAlgorithm = Struct(Struct(Binary, Binary, Truth), Struct(Binary, Binary, Truth));

    private static readonly ThriftPart FileMetaData = Struct(
        Number, List(SchemaElement), Long, List(RowGroup), List(KeyValue), Binary, List(Struct(Empty)), EncryptionAlgorithm, Binary);

    /// <summary>Refuses a footer that is damaged, before the library reads it.</summary>
    /// <param name="file">The file; its position is left anywhere.</param>
    /// <exception cref="InvalidDataException">It is cut off, its parts are of other kinds than the format has, or one reaches beyond its end.</exception>
    internal static void RequireWhole(FileStream file)
    {
        if (file.Length < MagicBytes + TrailerBytes)
            throw new InvalidDataException($"it has {file.Length} bytes, and the shortest has {MagicBytes + TrailerBytes}");
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        file.Position = file.Length - TrailerBytes;
        file.ReadExactly(trailer);
        if (!trailer[LengthBytes..].SequenceEqual("PAR1"u8))
            throw new InvalidDataException("it does not end with PAR1");
        int length = BinaryPrimitives.ReadInt32LittleEndian(trailer);
        if (length < 0 || length > file.Length - MagicBytes - TrailerBytes)
            throw new InvalidDataException($"its footer should have {length} bytes, and the file has {file.Length}");
        byte[] footer = new byte[length];
        file.Position = file.Length - TrailerBytes - length;
        file.ReadExactly(footer);
        new ThriftStructure(footer).RequireWhole(FileMetaData);
    }
}
