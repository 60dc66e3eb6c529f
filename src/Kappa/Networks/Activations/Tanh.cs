using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>The hyperbolic tangent.</summary>
public sealed class Tanh : ActivationModule
{
    /// <summary>Makes the module.</summary>
    public Tanh()
        : base(Activation.Tanh)
    {
    }
}
