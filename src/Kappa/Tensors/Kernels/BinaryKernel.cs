namespace Kappa.Tensors.Kernels;

/// <summary>Elementwise functions of two arguments.</summary>
internal enum BinaryKernel
{
    Add,
    Subtract,
    Multiply,
    Divide,
}
