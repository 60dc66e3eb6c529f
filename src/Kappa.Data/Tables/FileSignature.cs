namespace Kappa.Data.Tables;

/// <summary>What a file that is no text begins with.</summary>
internal static class FileSignature
{
    /// <summary>The most bytes that one has.</summary>
    internal const int MostBytes = 8;

    private static readonly (byte[] Start, string What, string WayOut)[] Known =
    [
        ([0x1f, 0x8b], "a gzip archive", "Unpack it first, for instance with 'gunzip'."),
        ([.. "PK\u0003\u0004"u8], "a zip archive, such as a spreadsheet", "Unpack it, or save the spreadsheet as CSV."),
        ([0xd0, 0xcf, 0x11, 0xe0], "an old spreadsheet or document", "Save it as CSV."),
        ([0x28, 0xb5, 0x2f, 0xfd], "a zstd archive", "Unpack it first, for instance with 'unzstd'."),
        ([0xfd, .. "7zXZ"u8], "an xz archive", "Unpack it first, for instance with 'unxz'."),
        ([.. "BZh91AY&"u8], "a bzip2 archive", "Unpack it first, for instance with 'bunzip2'."),
        ([.. "PAR1\u0015"u8], "a Parquet file", "Read it as Parquet."),
        ([0x93, .. "NUMPY"u8], "a NumPy array", "Read it as NumPy."),
        ([0x89, .. "HDF"u8], "an HDF5 file", "Save its table as CSV or Parquet."),
        ([.. "ARROW1\0\0"u8], "an Arrow file", "Save its table as Parquet."),
        ([.. "SQLite f"u8], "a SQLite data base", "Save its table as CSV."),
        ([.. "%PDF-"u8], "a PDF document", "Save its table as CSV."),
    ];

    /// <summary>Refuses a file of another format.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="start">Its first bytes.</param>
    /// <exception cref="DataFileException">It is one of those that are known; the message says which.</exception>
    internal static void RequireNone(string path, ReadOnlySpan<byte> start)
    {
        foreach (var (signature, what, wayOut) in Known)
        {
            if (start.StartsWith(signature))
                throw new DataFileException(path, "lines of separated values", what, wayOut);
        }
    }
}
