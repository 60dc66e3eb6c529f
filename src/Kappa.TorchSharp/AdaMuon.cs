using Kappa.Optimizers;
using TorchSharp.Modules;

namespace Kappa.TorchSharp;

/// <summary>Muon with a second moment of its updates, for the parameters of a TorchSharp model: see <see cref="Optimizers.AdaMuon"/>.</summary>
/// <remarks>
/// <code>
/// var optimizer = new AdaMuon(model.named_parameters());
/// </code>
/// </remarks>
public sealed class AdaMuon : TorchOptimizer
{
    /// <summary>Makes the optimizer over parameters with their names, such as <c>model.named_parameters()</c>: patterns of the options ask for them.</summary>
    /// <param name="parameters">What to train, in the order of the model: the first and the last matrix are found by it.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdaMuon(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, AdaMuonOptions? options = null)
        : this([new KappaGroup(parameters, lr)], lr, options)
    {
    }

    /// <summary>Makes the optimizer over parameters, such as <c>model.parameters()</c>, which are known by their numbers.</summary>
    /// <param name="parameters">What to train, in the order of the model: the first and the last matrix are found by it.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdaMuon(IEnumerable<Parameter> parameters, double lr = 1e-3, AdaMuonOptions? options = null)
        : this([new KappaGroup(parameters, lr)], lr, options)
    {
    }

    /// <summary>Makes the optimizer over groups with rates and decays of their own.</summary>
    /// <param name="groups">What to train, in the order of the model: the first and the last matrix are found by it.</param>
    /// <param name="lr">The learning rate of groups that have none of their own.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdaMuon(IEnumerable<KappaGroup> groups, double lr = 1e-3, AdaMuonOptions? options = null)
        : base(groups, lr, parameters => new Optimizers.AdaMuon(parameters, lr, options))
    {
    }
}
