namespace Kappa.Checkpoints;

/// <summary>Checks that the tensors of a header fill the data of the file: without gap, overlap or remainder.</summary>
internal static class SafeTensorsLayout
{
    /// <summary>Reads the header's length, and checks it against the cap and the file.</summary>
    public static int HeaderLength(string path, ulong lengthField, long fileLength)
    {
        if (lengthField > SafeTensorsFormat.LargestHeader)
        {
            throw new SafeTensorsException(
                path, null, $"a header of at most {SafeTensorsFormat.LargestHeader} bytes", $"a header length of {lengthField}; is this a safetensors file?");
        }
        long available = fileLength - SafeTensorsFormat.LengthFieldBytes;
        return (long)lengthField <= available ? (int)lengthField : throw new SafeTensorsException(
            path, null, $"a header of {lengthField} bytes", $"{available} bytes after the length; the file is truncated, copy it again");
    }

    /// <summary>Checks tensors in the order of their offsets against the number of bytes behind the header.</summary>
    public static void Check(string path, IReadOnlyList<SafeTensorsTensorHeader> tensors, long dataLength)
    {
        long end = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Start != end)
            {
                string fault = tensor.Start < end ? "an overlap with the tensor before" : "a gap behind the tensor before";
                throw Error(tensor, $"data_offsets that begin at {end}", $"{tensor.Start}, {fault}");
            }
            if (tensor.End < tensor.Start)
            {
                throw Error(tensor, "data_offsets that do not run backwards", $"[{tensor.Start}, {tensor.End}]");
            }
            long? byteCount = tensor.Type.ByteCount(tensor.Shape);
            string shape = $"{tensor.Type} {Describe(tensor.Shape)}";
            if (byteCount is null)
            {
                throw Error(tensor, "a shape of at most 2^63 - 1 bytes", $"{shape}, which overflows");
            }
            if (tensor.End - tensor.Start != byteCount)
            {
                throw Error(tensor, $"{byteCount} bytes for {shape}", $"data_offsets of {tensor.End - tensor.Start} bytes");
            }
            if (tensor.End > dataLength)
            {
                throw Error(
                    tensor, $"{tensor.End} bytes of data up to its end", $"{dataLength} behind the header; the file is truncated, copy it again");
            }
            end = tensor.End;
        }
        if (end != dataLength)
        {
            throw new SafeTensorsException(path, null, $"{end} bytes of data behind the header", $"{dataLength}; the rest belongs to no tensor");
        }

        SafeTensorsException Error(SafeTensorsTensorHeader tensor, string expected, string got) => new(path, tensor.Name, expected, got);
    }

    private static string Describe(long[] shape) =>
        shape.Length <= 16 ? $"[{string.Join(", ", shape)}]" : $"[{string.Join(", ", shape.Take(16))}, ... of rank {shape.Length}]";
}
