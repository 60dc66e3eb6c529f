using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>The nearest matrix with singular values of about 1, by a polynomial iteration.</summary>
/// <remarks>
/// X = G / |G|_F, then five times or so X = a X + (b A + c A^2) X with A = X X^T, on the smaller side. The coefficients grow small singular values fast
/// and leave them within about 0.7 to 1.2, rather than at 1 (Jordan and others, 2024); <see cref="PolarExpress"/> has others for each round. Each round costs
/// n^2 m + n^3 + 2 n^2 m flops for the smaller side n and the larger m, since A and A^2 are symmetric.
/// </remarks>
internal static class NewtonSchulz
{
    internal const double A = 3.4445;
    internal const double B = -4.7750;
    internal const double C = 2.0315;

    /// <summary>Orthogonalises a matrix. Its memory, and a working matrix of the same shape, are overwritten.</summary>
    /// <param name="matrix">G, <c>[rows, columns]</c>.</param>
    /// <param name="steps">Rounds.</param>
    /// <param name="method">Whose coefficients.</param>
    /// <returns>The result; it belongs to the caller's scope.</returns>
    internal static Tensor Orthogonalize(Tensor matrix, int steps, Orthogonalization method = Orthogonalization.NewtonSchulz)
    {
        var backend = matrix.Backend;
        bool isWide = matrix.Shape[0] <= matrix.Shape[1];
        int smaller = Math.Min(matrix.Shape[0], matrix.Shape[1]);
        var x = matrix;
        var next = matrix.New(matrix.Shape);
        var gram = matrix.New(new Shape(smaller, smaller));
        var polynomial = matrix.New(new Shape(smaller, smaller));
        double norm = backend.Norm(x);
        // Zero stays zero. There is no small number beside the norm, which would be the larger one for small gradients: the result does not depend on their
        // scale.
        if (norm == 0)
            return x;
        backend.Divide(x, method == Orthogonalization.PolarExpress ? PolarExpress.Safety * norm : norm, x);
        // What is this far below the norm could not show in the result, but its products would be subnormal numbers, which are slow.
        backend.Flush(x, x.DataType == DataType.Float32 ? 1e-12 : 1e-140);
        for (int step = 0; step < steps; step++)
        {
            var (a, b, c) = method == Orthogonalization.PolarExpress ? PolarExpress.Coefficients(step) : (A, B, C);
            backend.SymmetricRankUpdate(!isWide, x, gram, 1, accumulate: false);
            backend.Affine(gram, b, 0, polynomial);
            backend.SymmetricRankUpdate(false, gram, polynomial, c, accumulate: true);
            backend.Affine(x, a, 0, next);
            if (isWide)
                backend.MatMul(false, false, polynomial, x, next, accumulate: true);
            else
                backend.MatMul(false, false, x, polynomial, next, accumulate: true);
            (x, next) = (next, x);
        }

        return x;
    }
}
