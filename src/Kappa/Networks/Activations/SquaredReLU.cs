using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>max(x, 0)^2 (So and others, 2021, arXiv 2109.08668).</summary>
public sealed class SquaredReLU : ActivationModule
{
    /// <summary>Makes the module.</summary>
    public SquaredReLU()
        : base(Activation.SquaredRelu)
    {
    }
}
