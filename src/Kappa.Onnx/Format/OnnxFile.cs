using Google.Protobuf;

namespace Kappa.Onnx.Format;

/// <summary>Reads and writes files of the format.</summary>
internal static class OnnxFile
{
    /// <summary>Messages lie at most so deep within each other; the format itself takes six levels without graphs in nodes.</summary>
    private const int DeepestMessage = 32;

    /// <summary>Reads a file. Lengths in it are checked against its size before anything is allocated.</summary>
    /// <exception cref="OnnxException">It is no such file, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static ModelProto Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        if (!file.CanSeek)
            throw new OnnxException(path, "expected a file; got something without a length, such as a pipe. Write it to a file first");
        if (file.Length > int.MaxValue)
        {
            throw new OnnxException(
                path, $"expected at most {int.MaxValue:N0} bytes, which is all that the format allows; got {file.Length:N0}. Larger models keep their weights in "
                + "files beside them (external data)");
        }

        WireCheck.Require(path, file);
        file.Position = 0;
        try
        {
            var stream = CodedInputStream.CreateWithLimits(file, (int)file.Length, DeepestMessage);
            return ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new OnnxException(path, $"it is not an ONNX model, or damaged: {error.Message} Is it the right file, and whole?", error);
        }
    }

    /// <summary>Writes a file whole or not at all.</summary>
    internal static void Write(string path, ModelProto model)
    {
        int size = model.CalculateSize();
        if (size < 0)
            throw new OnnxException(path, "the model takes more than 2 GB, which is all that the format allows in one file");
        AtomicFile.Write(path, model.WriteTo);
    }
}
