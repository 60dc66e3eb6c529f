using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Checks of settings; each error names the property, what it got and what it takes.</summary>
internal static class SolverChecks
{
    internal static void Positive(double value, string property)
    {
        if (!(double.IsFinite(value) && value > 0))
            throw new ArgumentOutOfRangeException(property, value, $"{property} takes a finite number above zero; got {value}");
    }

    internal static void AtLeast(long value, long least, string property)
    {
        if (value < least)
            throw new ArgumentOutOfRangeException(property, value, $"{property} takes {least} or more; got {value}");
    }

    /// <summary>Vectors that are one tensor.</summary>
    internal static void Vectors(int count, int dimension, DataType type, string what)
    {
        int most = BlockArithmetic.MostRows(dimension, type);
        if (count > most)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count,
                $"{count} {what} of {dimension} elements exceed a tensor, which holds {most} of them. Set fewer, or select fewer parameters");
        }
    }

    internal static void Count(int count, SymmetricOperator matrix)
    {
        int dimension = matrix.Dimension;
        if (count < 1 || count > dimension)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count,
                $"a matrix of dimension {dimension} has 1 to {dimension} eigenpairs; {count} were asked for. Choose a smaller D, or select more parameters");
        }

        Vectors(count, dimension, matrix.DataType, "eigenvectors");
    }
}
