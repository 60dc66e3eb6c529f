namespace Kappa.Data;

/// <summary>Files that can be read from their beginning, as often as it takes.</summary>
internal static class RegularFile
{
    /// <summary>Opens a file, also one that another process may write to.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it must be, for errors.</param>
    /// <param name="bufferSize">Bytes that are read ahead; 1 for none.</param>
    /// <exception cref="DataFileException">It is a folder, is empty, or is a pipe or a device, of which none is opened: a pipe would be waited for.</exception>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    internal static FileStream Open(string path, string expected, int bufferSize)
    {
        Require(path, expected);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize, FileOptions.SequentialScan);
    }

    /// <summary>As <see cref="Open"/>, for what opens the file itself.</summary>
    internal static void Require(string path, string expected)
    {
        if (Directory.Exists(path))
            throw new DataFileException(path, expected, "a folder", "Name a file in it.");
        // Neither a pipe nor a device has a length.
        if (File.Exists(path) && Of(path) is not { Exists: true, Length: > 0 })
            throw new DataFileException(path, expected, "an empty file, a pipe or a device", "What comes from a pipe is to be written to a file first.");
    }

    /// <summary>A file as it is now; of a link, what it leads to.</summary>
    internal static FileInfo Of(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
    }
}
