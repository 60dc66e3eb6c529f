namespace Kappa.Tensors.Kernels;

/// <summary>Signum's step on one tensor: m += (1 - momentum) (s gradient - m); w = shrinkage w - stepSize sign(m).</summary>
internal struct SignumUpdate
{
    internal Tensor Value;
    internal Tensor Gradient;
    internal Tensor Mean;
    internal double GradientScale;
    internal double Momentum;
    internal double Shrinkage;
    internal double StepSize;
}
