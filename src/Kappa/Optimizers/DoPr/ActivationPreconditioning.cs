using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>
/// The mathematics of activation preconditioning (Zhang and others, 2026, arXiv 2606.06418). A layer y = W z with W
/// <c>[out, in]</c> saw the rows Z <c>[n, in]</c> and has the output gradients E <c>[n, out]</c>, so that G = E^T Z. With
/// <code>
/// S   = Z^T Z / n
/// tau = gamma tr(S) / in + floor
/// M   = G (S + tau I)^-1                          primal
///     = E^T (Z Z^T / n + tau I)^-1 Z              dual, by (Z^T Z / n + tau I) Z^T = Z^T (Z Z^T / n + tau I)
/// </code>
/// whatever factor the loss has put into E: both forms are linear in it.
/// </summary>
internal static class ActivationPreconditioning
{
    /// <summary>tau from the trace of S and the number of inputs.</summary>
    internal static double Damping(double trace, int inputs, DoPrOptions options) => options.Floor + options.Damping switch
    {
        DampingRule.RelativeToMean => options.Gamma * trace / inputs,
        DampingRule.RelativeToTrace => options.Gamma * trace,
        _ => options.Gamma,
    };

    /// <summary>Whether the dual form costs fewer flops than the primal one; the weight-gradient product is common to both.</summary>
    internal static bool DualIsCheaper(double rows, double inputs, double outputs)
    {
        double dual = (rows * rows * inputs) + (rows * rows * rows / 3) + (2 * rows * rows * outputs);
        double primal = (rows * inputs * inputs) + (inputs * inputs * inputs / 3) + (2 * outputs * inputs * inputs);
        return dual <= primal;
    }

    /// <summary>The trace of a square matrix, in double precision.</summary>
    internal static double Trace(Tensor matrix)
    {
        int n = matrix.Shape[0];
        double trace = 0;
        for (int i = 0; i < n; i++)
            trace += matrix.ElementAsDouble((i * n) + i);
        return trace;
    }

    /// <summary>Writes the factor L of matrix + damping I = L L^T over destination, which may be the matrix.</summary>
    /// <returns>Whether the matrix is positive definite to the working precision of its type.</returns>
    internal static bool Factor(Tensor matrix, double damping, Tensor destination)
    {
        if (destination != matrix)
            destination.CopyFromInPlace(matrix);
        AddToDiagonal(destination, damping);
        return Backend.Current.CholeskyFactor(destination) < 0;
    }

    private static void AddToDiagonal(Tensor matrix, double value)
    {
        int n = matrix.Shape[0];
        if (matrix.DataType == DataType.Float32)
        {
            var values = matrix.WritableValues<float>();
            for (int i = 0; i < n; i++)
                values[(i * n) + i] += (float)value;
        }
        else
        {
            var values = matrix.WritableValues<double>();
            for (int i = 0; i < n; i++)
                values[(i * n) + i] += value;
        }
    }
}
