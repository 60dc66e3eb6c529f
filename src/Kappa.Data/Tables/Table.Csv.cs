namespace Kappa.Data.Tables;

public sealed partial class Table
{
    /// <summary>Reads a file of separated values.</summary>
    /// <remarks>
    /// <para>Fields may stand in quotes, and then hold separators, line ends and doubled quotes (RFC 4180); outside of quotes, spaces around a field do
    /// not count. Empty lines are passed over where there are several columns. The kinds of columns come from the first megabyte; a later value that does
    /// not fit is an error with its line, never another kind. A column of numbers with zeros in front is categories.</para>
    /// <para>Blocks of a megabyte are parsed on several threads; the same file gives the same table for any number of them. Memory is that of the table,
    /// of one column twice, and of a few blocks. Fields are found by CsvHelper; numbers of up to 15 digits are made by one exact division, others by the
    /// runtime, so that all are right to the last bit.</para>
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read; null finds out what it can.</param>
    /// <param name="progress">Hears the part that was read, 0 to 1.</param>
    /// <param name="cancellation">Asked between blocks.</param>
    /// <exception cref="DataFileException">The file is not what it must be; the message names file, line and column, what was expected and the way
    /// out.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Table ReadCsv(string path, CsvOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return CsvTableReader.Read(path, options ?? new CsvOptions(), progress, cancellation);
    }
}
