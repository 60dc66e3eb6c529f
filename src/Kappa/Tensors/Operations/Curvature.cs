using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The derivatives of elementwise functions: what they read, and the second one.</summary>
internal static class Curvature
{
    /// <summary>Whether f'' is not zero everywhere.</summary>
    internal static bool IsCurved(this UnaryKernel kernel) =>
        kernel is not (UnaryKernel.Identity or UnaryKernel.Negate or UnaryKernel.Relu or UnaryKernel.Abs);

    /// <summary>Whether f' and f'' are computed from x.</summary>
    internal static bool DerivativeReadsInput(this UnaryKernel kernel) =>
        kernel is not (UnaryKernel.Identity or UnaryKernel.Negate) && !kernel.DerivativeReadsOutput();

    /// <summary>Whether f' and f'' are computed from f(x).</summary>
    internal static bool DerivativeReadsOutput(this UnaryKernel kernel) =>
        kernel is UnaryKernel.Relu or UnaryKernel.Exp or UnaryKernel.Sqrt or UnaryKernel.Reciprocal;

    /// <summary>Writes, or adds, gradient f''(x) tangent for each of K tangents.</summary>
    internal static void AddTo(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor tangents, Tensor result, bool accumulate)
    {
        for (int i = 0; i < tangents.Shape[0]; i++)
        {
            using var tangent = tangents.Entry(i);
            using var to = result.Entry(i);
            Backend.Current.UnarySecondDerivative(kernel, x, y, gradient, tangent, to, accumulate);
        }
    }
}
