namespace Kappa.Data.Tables;

/// <summary>Length and time of a file, so that one that is written while it is read is found; of a link, of what it leads to.</summary>
internal sealed class FileMark
{
    private readonly string _path;
    private readonly long _length;
    private readonly DateTime _written;

    internal FileMark(string path)
    {
        var file = RegularFile.Of(path);
        (_path, _length, _written) = (path, file.Length, file.LastWriteTimeUtc);
    }

    internal void RequireUnchanged()
    {
        var now = RegularFile.Of(_path);
        if (!now.Exists || now.Length != _length || now.LastWriteTimeUtc != _written)
        {
            throw new DataFileException(
                _path, string.Create(CultureInfo.InvariantCulture, $"a file that stays as it is while it is read ({_length} bytes, written {_written:u})"),
                now.Exists ? string.Create(CultureInfo.InvariantCulture, $"{now.Length} bytes, written {now.LastWriteTimeUtc:u}") : "none any more",
                "Read it when whatever writes it is done.");
        }
    }
}
