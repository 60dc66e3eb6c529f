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

    /// <summary>
    /// Whether an operation that ends in f keeps what f is applied to. The slope of max(z, 0)^2 is 2 sqrt(f(z)) but where the square vanishes, for z below
    /// 1e-19, a rounding error of any product; keeping z as well would cost a transformer more than a percent.
    /// </summary>
    internal static bool KeepsInputWhenFused(this UnaryKernel kernel) => kernel.DerivativeReadsInput() && kernel != UnaryKernel.SquaredRelu;

    /// <summary>Writes, or adds, gradient f''(x) tangent for each of K tangents.</summary>
    internal static void AddTo(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor tangents, Tensor result, bool accumulate)
    {
        for (int i = 0; i < tangents.Shape[0]; i++)
        {
            using var tangent = tangents.Entry(i);
            using var to = result.Entry(i);
            to.Backend.UnarySecondDerivative(kernel, x, y, gradient, tangent, to, accumulate);
        }
    }
}
