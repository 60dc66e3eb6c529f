using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>Ordinary L2 regularisation: <c>lambda sum theta^2</c> inside the loss.</summary>
/// <remarks>
/// The gradient <c>2 lambda theta</c> goes through the inner optimizer's moments, unlike the decoupled decay of <see cref="AdamW"/>, which steps aside of them.
/// As a remedy against loss of plasticity: Dohare and others (2024), "Loss of plasticity in deep continual learning", Nature 632.
/// </remarks>
public sealed class L2 : CoupledPenalty
{
    /// <summary>Puts the penalty in front of an optimizer.</summary>
    /// <param name="inner">Who makes the step.</param>
    /// <param name="strength">lambda: finite, zero or more; 0 is bit-identical to the inner optimizer.</param>
    /// <param name="where">Which parameters; null for all, biases included.</param>
    /// <exception cref="ArgumentOutOfRangeException">The strength is negative, NaN or infinite.</exception>
    public L2(Optimizer inner, double strength = 1e-4, Func<Parameter, bool>? where = null)
        : base(inner, strength, where)
    {
    }

    private protected override void WriteGradient(int index, Tensor parameter, double scale, Tensor destination) =>
        destination.Backend.Affine(parameter, 2 * scale, 0, destination);
}
