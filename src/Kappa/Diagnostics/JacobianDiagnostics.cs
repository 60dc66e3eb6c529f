namespace Kappa.Diagnostics;

/// <summary>The Jacobian of a model, or of a layer, at some inputs.</summary>
/// <param name="Layer">Of what: the path of the layer's weight module; "" for the whole model.</param>
/// <param name="Inputs">At how many inputs.</param>
/// <param name="Largest">The largest singular value, over all inputs.</param>
/// <param name="Smallest">The smallest, over all inputs; an upper bound where <paramref name="IsExact"/> is false.</param>
/// <param name="Condition">The mean over inputs of the largest over the smallest; null where one is infinite.</param>
/// <param name="EffectiveRank">The mean over inputs; null where only the extremes are known.</param>
/// <param name="DistanceFromIsometry">The mean over inputs of the root of the mean of (x - 1)^2; null where only the extremes are known.</param>
/// <param name="IsExact">Whether all singular values were computed; otherwise the extremes come from products alone.</param>
public sealed record JacobianDiagnostics(
    string Layer, int Inputs, double Largest, double Smallest, double? Condition, double? EffectiveRank, double? DistanceFromIsometry, bool IsExact);
