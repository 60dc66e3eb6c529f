using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;

namespace Kappa.Diagnostics;

/// <summary>Singular values of the Jacobian of a function at one input.</summary>
public static class JacobianSpectrum
{
    /// <summary>The largest number of rows or columns, whichever are fewer, of a Jacobian that is formed.</summary>
    public const int DenseLimit = 1024;

    /// <summary>All singular values, from the dense Jacobian: one pass with as many directions as it has rows or columns, whichever are fewer.</summary>
    /// <param name="function">Such as <c>model.Forward</c>, in evaluation mode.</param>
    /// <param name="input">One input, with its batch axis of 1: <c>[1, ...]</c>.</param>
    /// <remarks>A function of n numbers whose layers cost F flops at one input: n F flops, n^2 m for the Gram matrix of the n x m Jacobian and 4/3 n^3 for its
    /// eigenvalues.</remarks>
    /// <exception cref="ArgumentException">The Jacobian is larger than <see cref="DenseLimit"/>: use <see cref="Extremes"/>.</exception>
    public static SingularSpectrum Dense(Func<Tensor, Tensor> function, Tensor input)
    {
        using var jacobian = DenseJacobian(function, input);
        return MatrixSpectrum.Of(jacobian);
    }

    /// <summary>The largest and the smallest singular value by products alone, for Jacobians of any size.</summary>
    /// <param name="function">Such as <c>model.Forward</c>, in evaluation mode.</param>
    /// <param name="input">One input, with its batch axis of 1: <c>[1, ...]</c>.</param>
    /// <param name="options">How far to go; null for the defaults.</param>
    /// <remarks>Golub-Kahan-Lanczos bidiagonalisation: each iteration is a product with J and one with its transpose.</remarks>
    public static ExtremeSingularValues Extremes(Func<Tensor, Tensor> function, Tensor input, GolubKahanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(input);
        using var scope = TensorScope.Begin();
        var leaf = Leaf(input);
        using var recorded = new RecordedFunction(() => function(leaf), [leaf]);
        return GolubKahan.Solve(new JacobianOperator(recorded, leaf), options);
    }

    /// <summary>J, or its transpose where that has fewer rows.</summary>
    internal static Tensor DenseJacobian(Func<Tensor, Tensor> function, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(input);
        var scope = TensorScope.Begin();
        try
        {
            var leaf = Leaf(input);
            using var recorded = new RecordedFunction(() => function(leaf), [leaf]);
            var (inputs, outputs) = (leaf.Count, recorded.Value.Count);
            if (Math.Min(inputs, outputs) > DenseLimit)
            {
                throw new ArgumentException(
                    $"the Jacobian is {outputs} x {inputs}; a dense one takes at most {DenseLimit} rows or columns. Use JacobianSpectrum.Extremes, which takes "
                    + "products alone", nameof(input));
            }

            bool byRows = outputs <= inputs;
            var at = byRows ? recorded.Value : leaf;
            var identity = at.NewZeros(at.Shape.Prepend(at.Count));
            identity.Backend.AddToDiagonal(identity.Alias([at.Count, at.Count]), 1);
            var products = byRows ? recorded.Vjp(identity)[0] : recorded.Jvp([identity]);
            return products.Alias(new Shape(at.Count, byRows ? inputs : outputs)).Keep();
        }
        finally
        {
            scope.Dispose();
        }
    }

    private static Tensor Leaf(Tensor input)
    {
        if (input.Count == 0)
            throw new TensorShapeException($"JacobianSpectrum: expected an input with one element or more, at which to take the Jacobian; got {input.Shape}");
        var leaf = input.Detach().Clone();
        leaf.RequiresGradient = true;
        return leaf;
    }
}
