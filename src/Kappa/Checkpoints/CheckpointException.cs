namespace Kappa.Checkpoints;

/// <summary>A checkpoint cannot be read: a file is missing, damaged, or of another version.</summary>
public sealed class CheckpointException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="filePath">The file at fault.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <param name="remedy">What to do.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public CheckpointException(string filePath, string fault, string remedy, Exception? inner = null)
        : base($"{filePath}: {fault}. Nothing was loaded. {remedy}", inner) => FilePath = filePath;

    /// <summary>The file at fault.</summary>
    public string FilePath { get; }
}
