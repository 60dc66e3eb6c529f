namespace Kappa.Tensors;

/// <summary>How a device multiplies matrices of Float32. All else, and products of Float64, keep the precision of their operands.</summary>
public enum MatrixPrecision
{
    /// <summary>In single precision.</summary>
    Float32,

    /// <summary>Operands rounded to the 10 bits of TensorFloat-32, sums in single precision: on graphics cards of NVIDIA from Ampere on.</summary>
    Tf32,

    /// <summary>Operands and results rounded to the 7 bits of bfloat16, sums in single precision.</summary>
    Bfloat16,
}
