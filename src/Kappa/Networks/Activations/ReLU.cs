using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>max(x, 0).</summary>
public sealed class ReLU : ActivationModule
{
    /// <summary>Makes the module.</summary>
    public ReLU()
        : base(Activation.Relu)
    {
    }
}
