using System.Collections.Frozen;

namespace Kappa.Checkpoints;

/// <summary>Sizes and names of <see cref="SafeTensorsType"/>.</summary>
internal static class SafeTensorsTypes
{
    private static readonly FrozenDictionary<string, SafeTensorsType> ByName =
        Enum.GetValues<SafeTensorsType>().ToFrozenDictionary(type => type.ToString(), StringComparer.Ordinal);

    public static IEnumerable<string> Names => Enum.GetNames<SafeTensorsType>();

    public static bool TryParse(string name, out SafeTensorsType type) => ByName.TryGetValue(name, out type);

    public static int ElementSize(this SafeTensorsType type) => type switch
    {
        <= SafeTensorsType.F8_E4M3 => 1,
        <= SafeTensorsType.BF16 => 2,
        <= SafeTensorsType.F32 => 4,
        _ => 8,
    };

    /// <summary>The type whose elements are laid out as the .NET type's.</summary>
    public static SafeTensorsType Of<T>()
        where T : unmanaged => TryOf(typeof(T)) ?? throw new NotSupportedException(
            $"No safetensors type is laid out as {typeof(T)}; expected a floating-point or integer type of 8 to 64 bits. Use the bytes.");

    private static SafeTensorsType? TryOf(Type type) =>
        type == typeof(float) ? SafeTensorsType.F32
        : type == typeof(double) ? SafeTensorsType.F64
        : type == typeof(Half) ? SafeTensorsType.F16
        : type == typeof(long) ? SafeTensorsType.I64
        : type == typeof(int) ? SafeTensorsType.I32
        : type == typeof(short) ? SafeTensorsType.I16
        : type == typeof(sbyte) ? SafeTensorsType.I8
        : type == typeof(ulong) ? SafeTensorsType.U64
        : type == typeof(uint) ? SafeTensorsType.U32
        : type == typeof(ushort) ? SafeTensorsType.U16
        : type == typeof(byte) ? SafeTensorsType.U8
        : null;

    /// <summary>Elements times element size, or null where a dimension is negative or the product exceeds 2^63 - 1.</summary>
    public static long? ByteCount(this SafeTensorsType type, ReadOnlySpan<long> shape)
    {
        // Left to right, so that a zero behind an overflow does not hide it: the reference implementation does the same.
        long count = 1;
        foreach (long dimension in shape)
        {
            if (dimension < 0 || (count != 0 && dimension > long.MaxValue / count))
            {
                return null;
            }
            count *= dimension;
        }
        int size = type.ElementSize();
        return count > long.MaxValue / size ? null : count * size;
    }
}
