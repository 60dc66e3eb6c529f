using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>Sorts each group of consecutive channels of <c>[batch, channels, ...]</c>, smallest first (Anil, Lucas and Grosse, 2019, arXiv
/// 1811.05381).</summary>
/// <remarks>A permutation almost everywhere, so that the norm of the gradient stays.</remarks>
public sealed class GroupSort : Module
{
    /// <summary>Makes the module.</summary>
    /// <param name="groupSize">Channels in a group, 1 or more; must divide their number.</param>
    public GroupSort(int groupSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groupSize);
        GroupSize = groupSize;
    }

    /// <summary>Channels in a group.</summary>
    public int GroupSize { get; }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.GroupSort(GroupSize);
    }
}
