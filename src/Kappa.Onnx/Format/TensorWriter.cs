using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Kappa.Onnx.Format;

/// <summary>Writes tensors into messages.</summary>
internal static class TensorWriter
{
    internal static TensorProto Write(string name, Tensor tensor)
    {
        var result = new TensorProto { Name = name, DataType = (int)ElementTypes.Of(tensor.DataType) };
        result.Dims.AddRange(tensor.Shape.ToArray().Select(length => (long)length));
        // Tensors are little-endian on every machine that .NET runs on.
        result.RawData = tensor.DataType == DataType.Int32
            ? Bytes<long>(Array.ConvertAll(tensor.ToArray<int>(), value => (long)value))
            : ByteString.CopyFrom(tensor.Bytes);
        return result;
    }

    internal static TensorProto Write(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> dims)
    {
        var result = new TensorProto { Name = name, DataType = (int)ElementType.Int64, RawData = Bytes(values) };
        result.Dims.AddRange(dims.ToArray());
        return result;
    }

    private static ByteString Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
}
