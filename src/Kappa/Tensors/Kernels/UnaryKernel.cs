namespace Kappa.Tensors.Kernels;

/// <summary>Elementwise functions of one argument. Each has a derivative kernel as well.</summary>
internal enum UnaryKernel
{
    Identity,
    Negate,
    Exp,
    Log,
    Sqrt,
    Square,
    Abs,
    Reciprocal,
    Relu,
    Tanh,
    Sigmoid,
    Gelu,
    Erf,
    Sin,
    Cos,
    Silu,
    SquaredRelu,
}
