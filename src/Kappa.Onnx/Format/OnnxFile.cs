using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Kappa.Onnx.Format;

/// <summary>Reads and writes files of the format.</summary>
internal static unsafe class OnnxFile
{
    /// <summary>Reads a file. Its bytes lie outside of the managed heap and are given back at once: a model takes its weights and their bytes, no
    /// more.</summary>
    /// <exception cref="OnnxException">It is no such file, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static ModelProto Read(string path)
    {
        using var file = BoundedFile.Open(path);
        if (!file.CanSeek)
            throw new OnnxException(path, "expected a file; got something without a length, such as a pipe. Write it to a file first");
        if (file.Length > int.MaxValue)
        {
            throw new OnnxException(
                path, $"expected at most {int.MaxValue:N0} bytes, which is all that the format allows; got {file.Length:N0}. Larger models keep their "
                    + $"weights in "
                + "files beside them (external data)");
        }

        int length = (int)file.Length;
        byte* memory = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, length));
        try
        {
            var bytes = new Span<byte>(memory, length);
            file.ReadExactly(bytes);
            return Parse(path, bytes);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>Reads the bytes of a file.</summary>
    internal static ModelProto Parse(string path, ReadOnlySpan<byte> bytes)
    {
        new WireCheck(path, bytes.Length).Require(bytes);
        try
        {
            return ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
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
