namespace Kappa.Tensors.Operations;

/// <summary>The checks that operations make of what they are given.</summary>
internal static class Operands
{
    internal static void RequireSameFloating(Tensor a, Tensor b, string operation)
    {
        if (a.DataType != b.DataType || !a.DataType.IsFloating())
        {
            throw new TensorShapeException(
                $"{operation}: expected two tensors of one floating type; got {a.Shape} {a.DataType} and {b.Shape} {b.DataType}. Convert one with To(...)");
        }
    }

    internal static void RequireFloating(Tensor x, string operation)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.DataType.IsFloating())
            throw new TensorShapeException($"{operation}: expected Float32 or Float64; got {x.Shape} {x.DataType}. Convert with To(...)");
    }

    internal static void RequireMatrix(Tensor x, string operation, string role)
    {
        if (x.Rank != 2)
            throw new TensorShapeException($"{operation}: the {role} must be a matrix, with 2 axes; got {x.Shape}");
    }

    /// <summary>Checks what is added to a variance: zero, or a number that keeps its digits in the type.</summary>
    internal static double RequireEpsilon(double epsilon, DataType type, string operation)
    {
        double smallest = type == DataType.Float32 ? 1.1754943508222875e-38 : 2.2250738585072014e-308;
        return epsilon == 0 || (epsilon >= smallest && epsilon <= (type == DataType.Float32 ? float.MaxValue : double.MaxValue))
            ? epsilon
            : throw new ArgumentOutOfRangeException(
                nameof(epsilon), epsilon, $"{operation}: epsilon takes 0, or a number from {smallest} on, in {type}; got {epsilon}");
    }

    /// <summary>Checks that indices are integers within range, or the one that means none; names the first that is not, with its position.</summary>
    internal static void RequireIndices(Tensor indices, int limit, string operation, string what, int? none = null)
    {
        ArgumentNullException.ThrowIfNull(indices);
        if (indices.DataType != DataType.Int32)
            throw new TensorShapeException($"{operation}: {what} are Int32; got {indices.Shape} {indices.DataType}");
        var (index, value) = indices.Backend.FirstOutside(indices, limit, none);
        if (index >= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(indices), value, $"{operation}: {what} lie in 0..{limit - 1}{(none is null ? "" : $" or are {none}")}; position {index} holds {value}");
        }
    }
}
