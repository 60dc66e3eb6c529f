namespace Kappa.Onnx.Format;

/// <summary>Tensors whose bytes lie in a file beside the model: in its folder or below, nowhere else.</summary>
/// <param name="modelPath">The model's file.</param>
internal sealed class ExternalData(string modelPath)
{
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;

    /// <summary>Reads the bytes of a tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="named">What a message calls it.</param>
    /// <param name="bytes">How many its shape and type take.</param>
    /// <exception cref="OnnxException">The file is outside the folder, is missing, or is too short.</exception>
    internal byte[] Read(TensorProto tensor, string named, long bytes)
    {
        string location = Entry(tensor, "location") ?? throw Fault($"{named} lies in another file, and does not say in which");
        string path = Inside(location, named);
        long offset = Number(tensor, "offset", named) ?? 0;
        long length = Number(tensor, "length", named) ?? bytes;
        if (length != bytes)
            throw Fault($"{named} takes {bytes:N0} bytes by its shape; its external data says {length:N0}");
        if (!File.Exists(path))
            throw Fault($"{named} lies in {OnnxException.Quote(location)}, which is not there. Put the file back beside the model");
        using var file = BoundedFile.Open(path);
        if (!file.CanSeek || offset > file.Length - bytes)
        {
            throw Fault($"{named} takes bytes {offset:N0} to {offset + bytes:N0} of {OnnxException.Quote(location)}, which has "
                + $"{(file.CanSeek ? file.Length : 0):N0}. The file is not whole, or another one");
        }

        file.Position = offset;
        byte[] result = new byte[bytes];
        file.ReadExactly(result);
        return result;
    }

    private string Inside(string location, string named)
    {
        if (location.Length == 0 || location.Contains('\0', StringComparison.Ordinal) || Path.IsPathRooted(location))
            throw Outside(location, named);
        string folder = Real(_folder), path = Real(Path.GetFullPath(Path.Combine(_folder, location)));
        return path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw Outside(location, named);
    }

    /// <summary>A path with every link on the way followed.</summary>
    private static string Real(string path)
    {
        string root = Path.GetPathRoot(path)!, real = root;
        foreach (string part in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            FileSystemInfo info = Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);
            if (info.LinkTarget is not null)
                real = info.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        }

        return real;
    }

    private long? Number(TensorProto tensor, string key, string named)
    {
        if (Entry(tensor, key) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw Fault($"{named}: the {key} of its external data is {OnnxException.Quote(text)}; expected a count of bytes");
    }

    private static string? Entry(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;

    private OnnxException Outside(string location, string named) => Fault(
        $"{named} lies in {OnnxException.Quote(location)}; external data is read from the folder of the model and below it alone, whatever links there are. "
        + "Move the file there, if you trust it");

    private OnnxException Fault(string message) => new(modelPath, message);
}
