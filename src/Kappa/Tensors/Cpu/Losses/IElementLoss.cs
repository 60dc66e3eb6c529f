using System.Numerics;

namespace Kappa.Tensors.Cpu.Losses;

/// <summary>A loss of one element, with its derivatives, a vector at a time.</summary>
internal interface IElementLoss
{
    static abstract Vector<double> Value(in LossArguments x);

    /// <summary>The derivative at one of the inputs. At a kink it is zero.</summary>
    static abstract Vector<double> Slope(in LossArguments x, int input);

    /// <summary>The second derivative at two of the inputs.</summary>
    static abstract Vector<double> Curvature(in LossArguments x, int first, int second);
}
