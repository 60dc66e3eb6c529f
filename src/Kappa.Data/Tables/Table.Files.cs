namespace Kappa.Data.Tables;

public sealed partial class Table
{
    /// <summary>Reads a Parquet file: numbers, texts and truth values (as categories), dates.</summary>
    /// <param name="path">The file.</param>
    /// <param name="nanIsMissing">Whether a NaN among floating-point numbers, which is an error otherwise, stands for no value, as Pandas writes it.</param>
    /// <param name="progress">Hears the part that was read, 0 to 1, after each column of each row group.</param>
    /// <param name="cancellation">Asked between row groups.</param>
    /// <returns>A null is a missing value.</returns>
    /// <exception cref="DataFileException">The file is damaged, has lists or records in a column, or a number that is not finite.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Table ReadParquet(
        string path, bool nanIsMissing = false, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ParquetFile(path, nanIsMissing).Read(progress, cancellation);
    }

    /// <summary>Reads arrays that NumPy saved: <c>.npy</c>, or <c>.npz</c> with several by name.</summary>
    /// <param name="path">The file. Arrays are <c>[rows]</c>, a column of the array's name, or <c>[rows, columns]</c>, columns of its name with 1, 2 and so on;
    /// in a <c>.npy</c> they are column1, column2 and so on.</param>
    /// <param name="nanIsMissing">Whether a NaN, which is an error otherwise, stands for no value.</param>
    /// <returns>Numbers, texts and truth values (as categories).</returns>
    /// <exception cref="DataFileException">The file is damaged, of another type or shape, or has a number that is not finite; the message names array, row and
    /// column.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Table ReadNumpy(string path, bool nanIsMissing = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new NumpyFile(path, nanIsMissing).Read();
    }
}
