using Kappa.Networks;
using Kappa.Optimizers;

namespace Kappa.Isometry;

/// <summary>Muon with decoupled isometry: <see cref="Muon"/>, and beside it the step of <see cref="IsometricOptimizer"/>.</summary>
/// <remarks>Muon's updates have singular values near one; those of the weights are another matter, and drift. Source: as for <see cref="AdamO"/>.</remarks>
public sealed class MuonO : IsometricOptimizer
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What to train, such as <c>model.Parameters()</c>, in the order of the model: the output head is found by it.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="isometry">Settings of the penalty; null for the defaults.</param>
    /// <param name="options">Settings of Muon; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no weight is left to orthogonalise or to keep isometric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public MuonO(IReadOnlyList<Parameter> parameters, double learningRate = 0.02, IsometryOptions? isometry = null, MuonOptions? options = null)
        : this([new ParameterGroup(parameters)], learningRate, isometry, options)
    {
    }

    /// <summary>Makes the optimizer over groups.</summary>
    /// <param name="groups">What to train, in groups with their own scale and decay.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="isometry">Settings of the penalty; null for the defaults.</param>
    /// <param name="options">Settings of Muon; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no weight is left to orthogonalise or to keep isometric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public MuonO(IReadOnlyList<ParameterGroup> groups, double learningRate = 0.02, IsometryOptions? isometry = null, MuonOptions? options = null)
        : base(new Muon(groups, learningRate, options), isometry)
    {
    }
}
