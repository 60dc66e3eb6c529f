namespace Kappa.Fuzz;

/// <summary>What a reader is given: bytes, and a folder of its own.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="folder">A folder that is there.</param>
/// <param name="name">What the file is called in it.</param>
/// <param name="isFolder">Whether a folder stands where the file is expected.</param>
internal sealed class FuzzInput(byte[] bytes, string folder, string name, bool isFolder = false)
{
    internal byte[] Bytes => bytes;

    internal string Folder => folder;

    /// <summary>The bytes as a file.</summary>
    internal string File
    {
        get
        {
            string path = Path.Combine(folder, name);
            WasFileAsked = true;
            if (isFolder)
                _ = Directory.CreateDirectory(path);
            else
                System.IO.File.WriteAllBytes(path, bytes);
            return path;
        }
    }

    /// <summary>Whether the reader takes the bytes as a file.</summary>
    internal bool WasFileAsked { get; private set; }

    /// <summary>A file beside it.</summary>
    /// <param name="beside">Its name.</param>
    internal string Beside(string beside) => Path.Combine(folder, beside);

    /// <summary>Looks whether what was read is written, read and written again to the same bytes.</summary>
    /// <param name="written">What was read, as written.</param>
    /// <param name="writtenAgain">Reads a file, and writes what it read.</param>
    internal void RequireSameAgain(byte[] written, Func<string, byte[]> writtenAgain)
    {
        string path = Beside("again");
        System.IO.File.WriteAllBytes(path, written);
        UnfaithfulException.Require("a second writing", written, writtenAgain(path));
    }
}
