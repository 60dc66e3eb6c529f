namespace Kappa.Curvature.Criteria;

/// <summary>How the change of the loss by one more sample is observed.</summary>
public enum StabilizationCriterion
{
    /// <summary>Delta_1: at w* itself.</summary>
    Point,

    /// <summary>Delta_2: squared, around w* in all parameters alike.</summary>
    FullSpace,

    /// <summary>Delta_2^(D): squared, around w* in the directions of largest curvature.</summary>
    Subspace,
}
