namespace Kappa.Onnx.Format;

/// <summary>What is known of element types.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes of an element; 0 for types that are not read.</summary>
    internal static int SizeOf(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.Float or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Double or ElementType.Int64 or ElementType.UInt64 => 8,
        _ => 0,
    };

    internal static bool IsFloating(this ElementType type) =>
        type is ElementType.Float or ElementType.Float16 or ElementType.BFloat16 or ElementType.Double;

    /// <summary>The type that a tensor of it has here: 16-bit numbers widen.</summary>
    internal static DataType Widened(this ElementType type) =>
        type == ElementType.Double ? DataType.Float64 : type.IsFloating() ? DataType.Float32 : DataType.Int32;

    internal static ElementType Of(DataType type) => type switch
    {
        DataType.Float32 => ElementType.Float,
        DataType.Float64 => ElementType.Double,
        _ => ElementType.Int64,
    };

    /// <summary>The type as a message writes it.</summary>
    internal static string Named(int type) => Enum.IsDefined((ElementType)type)
        ? ((ElementType)type).ToString()
        : string.Create(CultureInfo.InvariantCulture, $"element type {type}");
}
