namespace Kappa.Data.Pictures;

/// <summary>A picture cannot be decoded, whichever file it is from.</summary>
/// <param name="expected">What it must be.</param>
/// <param name="got">What it is.</param>
/// <param name="inner">The cause, where there is one.</param>
internal sealed class CorruptPictureException(string expected, string got, Exception? inner = null) : Exception($"expected {expected}, got {got}", inner)
{
    /// <summary>The same, of a file.</summary>
    internal DataFileException Of(string path) => new(
        path, expected, got, "Remove the file, or set PictureFolderOptions.SkipCorrupt to leave such files out.", this);
}
