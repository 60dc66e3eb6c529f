namespace Kappa.Isometry;

/// <summary>How the penalty moves a weight.</summary>
public enum IsometryVariant
{
    /// <summary>A gradient step on the penalty beside the optimizer's own, outside of its moments: AdamO.</summary>
    Decoupled,

    /// <summary>The penalty is a part of the loss: its gradient is added to the task's before the moments see it. To compare with.</summary>
    Coupled,

    /// <summary>A pull towards the nearest matrix with orthonormal rows or columns, found by Polar Express, in the place of the gradient step.</summary>
    NewtonSchulz,
}
