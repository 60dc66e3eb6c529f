namespace Kappa.Checkpoints;

/// <summary>The constants of the format: eight bytes of header length, the JSON header, the data.</summary>
internal static class SafeTensorsFormat
{
    public const string MetadataKey = "__metadata__";
    public const int LengthFieldBytes = 8;

    /// <summary>The cap of the reference implementation.</summary>
    public const long LargestHeader = 100_000_000;

    /// <summary>Elements are reinterpreted in place, which is right on little-endian machines only.</summary>
    public static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Safetensors elements are little-endian and this machine is not; convert the bytes.");
        }
    }
}
