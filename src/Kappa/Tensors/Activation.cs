namespace Kappa.Tensors;

/// <summary>The activation that a linear layer applies in the same operation.</summary>
public enum Activation
{
    /// <summary>None.</summary>
    Identity,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>x Phi(x), exact.</summary>
    Gelu,

    /// <summary>x sigmoid(x).</summary>
    Silu,

    /// <summary>max(x, 0)^2.</summary>
    SquaredRelu,
}
