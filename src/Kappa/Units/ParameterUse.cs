using Kappa.Tensors;

namespace Kappa.Units;

/// <summary>
/// Which units each element of a tensor enters and leaves. Element <c>[o, i, k]</c> of <c>[Outputs, Inputs, Kernel]</c> enters the unit <c>Enter[o]</c> and
/// leaves the unit <c>Leave[i + Inputs group(o)]</c>; a bias leaves none.
/// </summary>
internal sealed record ParameterUse(string Name, Tensor Tensor, int[] Enter, int[] Leave, int Kernel = 1, int Groups = 1)
{
    /// <summary>Whether the tensor is stored as <c>[in, out]</c>.</summary>
    internal bool IsTransposed { get; init; }

    /// <summary>Whether the tensor is a parameter that the criterion sees; otherwise it only follows its unit (see
    /// <see cref="UnitRule.ScaleThroughNorms"/>).</summary>
    internal bool Counts { get; init; } = true;

    internal int Outputs => Enter.Length;

    /// <summary>Inputs of one output.</summary>
    internal int Inputs => Leave.Length / Groups;

    /// <summary>The first of the inputs that an output sees.</summary>
    internal int FirstInput(int output) => output / (Outputs / Groups) * Inputs;

    internal bool HasLayoutOf(ParameterUse other) =>
        (Outputs, Leave.Length, Kernel, Groups, IsTransposed, Counts) == (other.Outputs, other.Leave.Length, other.Kernel, other.Groups, other.IsTransposed,
            other.Counts);
}
