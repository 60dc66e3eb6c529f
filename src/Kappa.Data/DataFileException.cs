namespace Kappa.Data;

/// <summary>A data file is not what it must be: cut off, changed, of another format, or not valid text.</summary>
public sealed class DataFileException : IOException
{
    /// <summary>An error that names the file, what was expected and what was found.</summary>
    /// <param name="filePath">The file.</param>
    /// <param name="expected">What it must be.</param>
    /// <param name="got">What it is.</param>
    /// <param name="remedy">The way out, as a sentence; may be null.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public DataFileException(string filePath, string expected, string got, string? remedy = null, Exception? inner = null)
        : base($"{filePath}: expected {expected}, got {got}.{(remedy is null ? "" : " " + remedy)}", inner)
    {
    }

    /// <summary>The column that was named to read the file by and that it has not, where that is what is wrong; otherwise null.</summary>
    public string? MissingColumn { get; init; }
}
