using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>x Phi(x), exact (Hendrycks and Gimpel, 2016, arXiv 1606.08415).</summary>
public sealed class GELU : ActivationModule
{
    /// <summary>Makes the module.</summary>
    public GELU()
        : base(Activation.Gelu)
    {
    }
}
