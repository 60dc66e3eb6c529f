namespace Kappa.Tensors.Kernels;

/// <summary>AdamW's step on one tensor: g = s gradient; m += (1 - b1)(g - m); v = b2 v + (1 - b2) g^2; w = shrinkage w - stepSize m / (rootScale sqrt(v) +
/// epsilon).</summary>
internal struct AdamWUpdate
{
    internal Tensor Value;
    internal Tensor Gradient;
    internal Tensor FirstMoment;
    internal Tensor SecondMoment;
    internal double Shrinkage;
    internal double GradientScale;
    internal double Beta1;
    internal double Beta2;
    internal double StepSize;
    internal double RootScale;
    internal double Epsilon;
}
