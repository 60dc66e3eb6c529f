using Kappa.Isometry;
using Kappa.Optimizers;
using TorchSharp.Modules;

namespace Kappa.TorchSharp;

/// <summary>Muon with a step beside it that keeps layers isometric, for the parameters of a TorchSharp model: see <see cref="Isometry.MuonO"/>.</summary>
/// <remarks>
/// <code>
/// var optimizer = new MuonO(model.named_parameters(), lr: 0.02);
/// </code>
/// </remarks>
public sealed class MuonO : TorchOptimizer
{
    /// <summary>Makes the optimizer over parameters with their names, such as <c>model.named_parameters()</c>: patterns of the options ask for them.</summary>
    /// <param name="parameters">What to train, in the order of the model: the output head is found by it.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="isometry">Settings of the penalty; null for the defaults.</param>
    /// <param name="options">Settings of Muon; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no weight is left to keep isometric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public MuonO(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.02, IsometryOptions? isometry = null, MuonOptions? options = null)
        : this([new KappaGroup(parameters, lr)], lr, isometry, options)
    {
    }

    /// <summary>Makes the optimizer over parameters, such as <c>model.parameters()</c>, which are known by their numbers.</summary>
    /// <param name="parameters">What to train, in the order of the model: the output head is found by it.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="isometry">Settings of the penalty; null for the defaults.</param>
    /// <param name="options">Settings of Muon; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no weight is left to keep isometric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public MuonO(IEnumerable<Parameter> parameters, double lr = 0.02, IsometryOptions? isometry = null, MuonOptions? options = null)
        : this([new KappaGroup(parameters, lr)], lr, isometry, options)
    {
    }

    /// <summary>Makes the optimizer over groups with rates and decays of their own.</summary>
    /// <param name="groups">What to train, in the order of the model: the output head is found by it.</param>
    /// <param name="lr">The learning rate of groups that have none of their own.</param>
    /// <param name="isometry">Settings of the penalty; null for the defaults.</param>
    /// <param name="options">Settings of Muon; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no weight is left to keep isometric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public MuonO(IEnumerable<KappaGroup> groups, double lr = 0.02, IsometryOptions? isometry = null, MuonOptions? options = null)
        : base(groups, lr, parameters => new Isometry.MuonO(parameters, lr, isometry, options))
    {
    }
}
