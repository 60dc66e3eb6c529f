namespace Kappa.Checkpoints;

/// <summary>The element types of a safetensors file, under the names that the format gives them.</summary>
/// <remarks>In order of alignment, the order of the reference implementation: its writer, and ours, puts the last types first.
/// The types of less than a byte (F4, F6) are not supported.</remarks>
public enum SafeTensorsType
{
    /// <summary>Truth value, one byte, 0 or 1.</summary>
    BOOL,

    /// <summary>Unsigned integer, 8 bits.</summary>
    U8,

    /// <summary>Signed integer, 8 bits.</summary>
    I8,

    /// <summary>Floating point, 8 bits, 5 of them exponent (arXiv 2209.05433).</summary>
    F8_E5M2,

    /// <summary>Floating point, 8 bits, 4 of them exponent (arXiv 2209.05433).</summary>
    F8_E4M3,

    /// <summary>Signed integer, 16 bits.</summary>
    I16,

    /// <summary>Unsigned integer, 16 bits.</summary>
    U16,

    /// <summary>Floating point, IEEE half precision.</summary>
    F16,

    /// <summary>Floating point, the upper half of a float32.</summary>
    BF16,

    /// <summary>Signed integer, 32 bits.</summary>
    I32,

    /// <summary>Unsigned integer, 32 bits.</summary>
    U32,

    /// <summary>Floating point, IEEE single precision.</summary>
    F32,

    /// <summary>Floating point, IEEE double precision.</summary>
    F64,

    /// <summary>Signed integer, 64 bits.</summary>
    I64,

    /// <summary>Unsigned integer, 64 bits.</summary>
    U64,
}
