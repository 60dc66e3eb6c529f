using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Diagnostics;

/// <summary>The empirical neural tangent kernel of a model on some inputs: the Gram matrix of per-sample gradients of its output.</summary>
/// <remarks>
/// K_ij = g_i . g_j, where g_i is the gradient of the sum of the outputs at input i over the root of their number, with respect to all parameters: the kernel
/// of one output stands for that of all (Mohamadi, Bae and Sutherland, 2023, arXiv 2206.12543). A kernel of low rank, or an ill-conditioned one, cannot fit new
/// labels on these inputs by small steps.
/// </remarks>
public static class NeuralTangentKernel
{
    private const long ElementLimit = 16L << 20;

    /// <summary>K, <c>[n, n]</c> in double precision.</summary>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="inputs">n inputs, <c>[n, ...]</c>.</param>
    /// <returns>The kernel; symmetric.</returns>
    /// <remarks>A forward and a backward pass for each input (more where the gradients of all inputs pass 64 MB), and n^2 P flops for P parameters.</remarks>
    public static Tensor Compute(Module model, Tensor inputs)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Rank == 0 || inputs.Shape[0] == 0)
            throw new TensorShapeException($"NeuralTangentKernel: expected one example or more, [examples, ...]; got {inputs.Shape}, which has none");
        int count = inputs.Shape[0];
        var kernel = Tensor.Zeros([count, count], DataType.Float64, inputs.Device);
        using var scope = TensorScope.Begin();
        foreach (var leaves in Blocks(model, count))
        {
            var gradients = Differentiate.PerSampleGradients(
                i =>
                {
                    var output = model.Forward(inputs.Slice(0, i, 1));
                    return output.Sum() / Math.Sqrt(output.Count);
                },
                count,
                leaves);
            foreach (var gradient in gradients)
            {
                using var inner = TensorScope.Begin();
                var matrix = gradient.Alias(new Shape(count, gradient.Count / count));
                var product = matrix.New(new Shape(count, count));
                // Gradients far from 1 have squares that the type does not hold.
                int exponent = BlockArithmetic.ExponentOf(matrix);
                BlockArithmetic.ScaleByPower(matrix, -exponent);
                product.Backend.SymmetricRankUpdate(false, matrix, product, 1, accumulate: false);
                var exact = product.To(DataType.Float64);
                BlockArithmetic.ScaleByPower(exact, 2 * exponent);
                kernel.Backend.Binary(BinaryKernel.Add, kernel, exact, kernel);
            }

            foreach (var gradient in gradients)
                gradient.Dispose();
        }

        return kernel;
    }

    /// <summary>The eigenvalues of K.</summary>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="inputs">n inputs, <c>[n, ...]</c>.</param>
    public static KernelSpectrum Of(Module model, Tensor inputs)
    {
        using var kernel = Compute(model, inputs);
        double[] values = SymmetricEigenvalues.Compute(kernel.OnHost().WritableValues<double>(), kernel.Shape[0]);
        Array.Reverse(values);
        return new KernelSpectrum([.. values.Select(value => Math.Max(value, 0))]);
    }

    /// <summary>The parameters in groups whose gradients fit.</summary>
    private static IEnumerable<List<Tensor>> Blocks(Module model, int count)
    {
        List<Tensor> block = [];
        long elements = 0;
        foreach (var (_, tensor) in model.Parameters())
        {
            if (block.Count > 0 && elements + ((long)tensor.Count * count) > ElementLimit)
            {
                yield return block;
                (block, elements) = ([], 0);
            }

            block.Add(tensor);
            elements += (long)tensor.Count * count;
        }

        if (block.Count > 0)
            yield return block;
    }
}
