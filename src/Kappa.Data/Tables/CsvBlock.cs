using System.Buffers;

namespace Kappa.Data.Tables;

/// <summary>Whole records of a file, as UTF-8.</summary>
/// <param name="Bytes">Rented; the first <paramref name="Length"/> count.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Offset">Bytes of the file before them.</param>
/// <param name="Line">The line that they begin with, from 1.</param>
/// <param name="IsFirst">Whether no record stands before them, so that they begin with the names of the columns where there are some.</param>
internal sealed record CsvBlock(byte[] Bytes, int Length, long Offset, long Line, bool IsFirst)
{
    internal void Return() => ArrayPool<byte>.Shared.Return(Bytes);
}
