using Kappa.Optimizers;
using TorchSharp.Modules;

namespace Kappa.TorchSharp;

/// <summary>Momentum whose update is orthogonalised, for the parameters of a TorchSharp model: see <see cref="Optimizers.Muon"/>.</summary>
/// <remarks>
/// <code>
/// var optimizer = new Muon(model.named_parameters(), lr: 0.02);
/// </code>
/// </remarks>
public sealed class Muon : TorchOptimizer
{
    /// <summary>Makes the optimizer over parameters with their names, such as <c>model.named_parameters()</c>: patterns of the options ask for them.</summary>
    /// <param name="parameters">What to train, in the order of the model: the first and the last matrix are found by it.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Muon(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.02, MuonOptions? options = null)
        : this([new KappaGroup(parameters, lr)], lr, options)
    {
    }

    /// <summary>Makes the optimizer over parameters, such as <c>model.parameters()</c>, which are known by their numbers.</summary>
    /// <param name="parameters">What to train, in the order of the model: the first and the last matrix are found by it.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Muon(IEnumerable<Parameter> parameters, double lr = 0.02, MuonOptions? options = null)
        : this([new KappaGroup(parameters, lr)], lr, options)
    {
    }

    /// <summary>Makes the optimizer over groups with rates and decays of their own.</summary>
    /// <param name="groups">What to train, in the order of the model: the first and the last matrix are found by it.</param>
    /// <param name="lr">The learning rate of groups that have none of their own.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Muon(IEnumerable<KappaGroup> groups, double lr = 0.02, MuonOptions? options = null)
        : base(groups, lr, parameters => new Optimizers.Muon(parameters, lr, options))
    {
    }
}
