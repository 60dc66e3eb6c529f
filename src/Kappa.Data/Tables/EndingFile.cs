namespace Kappa.Data.Tables;

/// <summary>A file whose end is an error to read at. A reader that takes the end for more bytes, as that of Parquet's headers does, would read on for
/// ever where a file is damaged.</summary>
/// <param name="path">The file.</param>
internal sealed class EndingFile(string path)
    : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes)
{
    private const int BufferBytes = 1 << 16;

    /// <inheritdoc/>
    public override int ReadByte() => base.ReadByte() is var value and >= 0 ? value : throw AtEnd();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Some(base.Read(buffer, offset, count), count);

    /// <inheritdoc/>
    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Some(await base.ReadAsync(buffer, offset, count, cancellationToken), count);

    private static int Some(int read, int count) => read > 0 || count == 0 ? read : throw AtEnd();

    private static EndOfStreamException AtEnd() => new("a part of it reaches beyond its end");
}
