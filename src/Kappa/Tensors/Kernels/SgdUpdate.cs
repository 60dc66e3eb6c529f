namespace Kappa.Tensors.Kernels;

/// <summary>
/// Gradient descent's step on one tensor: g = s gradient + decay w; with a velocity u = momentum u + share g, and g becomes u, or g + momentum u
/// (Nesterov); w -= stepSize g.
/// </summary>
internal struct SgdUpdate
{
    internal Tensor Value;
    internal Tensor Gradient;
    internal Tensor? Velocity;
    internal double GradientScale;
    internal double WeightDecay;
    internal double Momentum;
    internal double GradientShare;
    internal bool Nesterov;
    internal double StepSize;
}
