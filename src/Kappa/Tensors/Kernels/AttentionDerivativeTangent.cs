namespace Kappa.Tensors.Kernels;

/// <summary>How the gradients of an attention change along K tangents: what is given (absent means zero), and the results, which are added to where
/// present.</summary>
internal struct AttentionDerivativeTangent
{
    internal AttentionShape Shape;
    internal int Count;
    internal Tensor Q;
    internal Tensor K;
    internal Tensor V;
    internal bool Wide;
    internal Tensor? TangentQ;
    internal Tensor? TangentK;
    internal Tensor? TangentV;
    internal Tensor? Gradient;
    internal Tensor? GradientTangent;
    internal Tensor? ResultQ;
    internal Tensor? ResultK;
    internal Tensor? ResultV;
}
