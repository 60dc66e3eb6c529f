namespace Kappa.Fuzz;

/// <summary>What a reader is given: bytes, and a folder of its own.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="folder">A folder that is there.</param>
/// <param name="name">What the file is called in it.</param>
internal sealed class FuzzInput(byte[] bytes, string folder, string name)
{
    internal byte[] Bytes => bytes;

    internal string Folder => folder;

    /// <summary>The bytes as a file.</summary>
    internal string File
    {
        get
        {
            string path = Path.Combine(folder, name);
            System.IO.File.WriteAllBytes(path, bytes);
            return path;
        }
    }

    /// <summary>A file beside it.</summary>
    /// <param name="beside">Its name.</param>
    internal string Beside(string beside) => Path.Combine(folder, beside);
}
