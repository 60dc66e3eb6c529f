namespace Kappa.Tensors.Cpu.Vectors;

/// <summary>The vector width that the kernels run at. The order is the order of preference, narrowest first.</summary>
internal enum VectorWidth
{
    /// <summary>128-bit vectors, which every machine that .NET supports can run (SSE2, Arm AdvSimd, or software).</summary>
    Portable,

    /// <summary>256-bit vectors with fused multiply-add (AVX2 and FMA).</summary>
    Vector256,

    /// <summary>512-bit vectors (AVX-512 F and DQ).</summary>
    Vector512,
}
