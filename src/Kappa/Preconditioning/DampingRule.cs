namespace Kappa.Preconditioning;

/// <summary>How <see cref="DoPrOptions.Gamma"/> becomes the damping tau that is added to the activations' second moment S.</summary>
public enum DampingRule
{
    /// <summary>tau = gamma tr(S) / in: relative to the mean eigenvalue, so that gamma means the same for every width.</summary>
    RelativeToMean,

    /// <summary>tau = gamma tr(S): relative to the sum of the eigenvalues.</summary>
    RelativeToTrace,

    /// <summary>tau = gamma: absolute.</summary>
    Absolute,
}
