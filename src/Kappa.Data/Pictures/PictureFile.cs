namespace Kappa.Data.Pictures;

/// <summary>A file as it was when the folder was listed.</summary>
/// <param name="FilePath">The file.</param>
/// <param name="Label">Its class.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Written">When it was last written.</param>
internal sealed record PictureFile(string FilePath, int Label, long Length, DateTime Written)
{
    /// <summary>The bytes, if they are still those that were listed.</summary>
    /// <exception cref="CorruptPictureException">There are none, or too many.</exception>
    /// <exception cref="DataFileException">The file has changed, or is gone.</exception>
    internal byte[] Read(int mostBytes)
    {
        // A pipe or a device has no length either, and would be read for ever.
        if (Length == 0)
            throw new CorruptPictureException(
                "a PNG or JPEG picture", new FileInfo(FilePath).LinkTarget is null ? "an empty file" : "a link to nothing, or to an empty file");
        if (Length > mostBytes)
            throw new CorruptPictureException($"a file of at most {mostBytes} bytes (PictureFolderOptions.MostFileBytes)", $"{Length}");
        byte[] bytes;
        try
        {
            bytes = IsAsListed() ? BoundedFile.ReadAllBytes(FilePath, mostBytes) : [];
        }
        catch (FileNotFoundException)
        {
            throw Changed("no file");
        }
        return bytes.Length == Length && IsAsListed() ? bytes
            : throw Changed(!File.Exists(FilePath) ? "no file" : "one that has changed since");
    }

    /// <summary>A file as it is now; of a link, what it leads to.</summary>
    internal static PictureFile Of(FileInfo file, int label)
    {
        FileInfo? target;
        try
        {
            target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        }
        catch (IOException)
        {
            // A link that leads back to itself leads to no picture.
            target = null;
        }
        return target is { Exists: true } ? new(file.FullName, label, target.Length, target.LastWriteTimeUtc) : new(file.FullName, label, 0, default);
    }

    private bool IsAsListed() => Of(new FileInfo(FilePath), Label) == this;

    private DataFileException Changed(string got) => new(
        FilePath, "the picture as it was when the folder was listed", got, "Open the folder again, and leave it alone while it is used.");
}
