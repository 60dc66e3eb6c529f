using Kappa.Networks;
using Kappa.Optimizers;

namespace Kappa.Isometry;

/// <summary>Adam with decoupled isometry: <see cref="AdamW"/>, and beside it the step of <see cref="IsometricOptimizer"/>.</summary>
/// <remarks>
/// <code>
/// m, v  from the gradient of the task
/// theta = theta - eta m^ / (sqrt(v^) + epsilon) - eta_iso lambda dR/dtheta
/// </code>
/// Source: Rosseau, Mueller and Nowe (2026), "Preserving Plasticity in Continual Learning via Dynamical Isometry", arXiv 2606.09762, equation 20. There is no
/// weight decay unless asked for: it would draw the singular values away from their target.
/// </remarks>
public sealed class AdamO : IsometricOptimizer
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What to train, such as <c>model.Parameters()</c>, in the order of the model: the output head is found by it.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="isometry">Settings of the penalty; null for the defaults.</param>
    /// <param name="options">Settings of AdamW; null for the defaults without weight decay.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no weight is left to keep isometric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdamO(IReadOnlyList<Parameter> parameters, double learningRate = 1e-3, IsometryOptions? isometry = null, AdamWOptions? options = null)
        : this([new ParameterGroup(parameters)], learningRate, isometry, options)
    {
    }

    /// <summary>Makes the optimizer over groups.</summary>
    /// <param name="groups">What to train, in groups with their own scale and decay.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="isometry">Settings of the penalty; null for the defaults.</param>
    /// <param name="options">Settings of AdamW; null for the defaults without weight decay.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no weight is left to keep isometric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdamO(IReadOnlyList<ParameterGroup> groups, double learningRate = 1e-3, IsometryOptions? isometry = null, AdamWOptions? options = null)
        : base(new AdamW(groups, learningRate, options ?? new AdamWOptions { WeightDecay = 0 }), isometry)
    {
    }
}
