using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The second derivative of elementwise functions.</summary>
internal static class Curvature
{
    /// <summary>Whether f'' is not zero everywhere.</summary>
    internal static bool IsCurved(this UnaryKernel kernel) =>
        kernel is not (UnaryKernel.Identity or UnaryKernel.Negate or UnaryKernel.Relu or UnaryKernel.Abs);

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
