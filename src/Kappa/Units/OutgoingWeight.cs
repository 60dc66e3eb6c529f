using Kappa.Networks;

namespace Kappa.Units;

/// <summary>A weight that reads the units of a hidden layer.</summary>
/// <param name="Weight">The weight: of a linear layer <c>[out, in]</c>, of a convolution <c>[out, in, height, width]</c>.</param>
/// <param name="UnitOfInput">For each of its inputs, the unit that it reads; -1 where it comes from elsewhere. A unit may have several inputs, as the pixels of
/// a flattened channel are.</param>
public sealed record OutgoingWeight(Parameter Weight, IReadOnlyList<int> UnitOfInput)
{
    /// <summary>Elements of the weight for one input of one output: those of the kernel, or 1.</summary>
    internal int Kernel => Weight.Tensor.Count / Weight.Tensor.Shape[0] / UnitOfInput.Count;

    /// <summary>Whether all inputs are of these units, in order, as many for each.</summary>
    internal bool IsRegular(int units)
    {
        if (UnitOfInput.Count % units != 0)
            return false;
        int block = UnitOfInput.Count / units;
        return UnitOfInput.Index().All(entry => entry.Item == entry.Index / block);
    }
}
