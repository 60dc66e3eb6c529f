using System.Buffers.Binary;
using System.Text;

namespace Kappa.Tests.Checkpoints;

/// <summary>Files put together by hand from a header's text.</summary>
internal static class SafeTensorsBytes
{
    public static byte[] File(string header, int dataBytes = 0) => File(Encoding.UTF8.GetBytes(header), new byte[dataBytes]);

    public static byte[] File(byte[] header, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }
}
