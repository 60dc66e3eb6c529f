using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>x sigmoid(x) (Elfwing and others, 2017, arXiv 1702.03118).</summary>
public sealed class SiLU : ActivationModule
{
    /// <summary>Makes the module.</summary>
    public SiLU()
        : base(Activation.Silu)
    {
    }
}
