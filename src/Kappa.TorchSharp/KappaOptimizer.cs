using Kappa.Networks;
using Kappa.Optimizers;
using TorchSharp;

namespace Kappa.TorchSharp;

/// <summary>Any optimizer of Kappa's, with anything around it, for the parameters of a TorchSharp model.</summary>
/// <remarks>
/// <code>
/// var optimizer = new KappaOptimizer(model.named_parameters(), 1e-3, parameters => new L2Init(new AdamW(parameters)));
/// var optimizer = new KappaOptimizer(model, 1e-3, (parameters, own) => new DoPr(new AdamO(parameters), own));
/// </code>
/// The second form is for methods that watch the model's layers, as DoPr, ReDo and continual backpropagation: <c>own</c> is a model of Kappa's over the same
/// memory. ReDo and continual backpropagation follow hidden units through it, for which it has to be a <c>Sequential</c> of layers that Kappa has; DoPr sees
/// the Linear, square Conv2d and Embedding layers of any model. Layers have to be called by <c>call</c>, as <c>Sequential</c> does.
/// </remarks>
public sealed class KappaOptimizer : TorchOptimizer
{
    /// <summary>Makes an optimizer over parameters with their names.</summary>
    /// <param name="parameters">What to train, such as <c>model.named_parameters()</c>.</param>
    /// <param name="lr">The learning rate, in place of the one that the optimizer is made with.</param>
    /// <param name="make">Makes the optimizer of Kappa's.</param>
    /// <exception cref="ArgumentException">There is no parameter, or one appears twice.</exception>
    public KappaOptimizer(
        IEnumerable<(string name, global::TorchSharp.Modules.Parameter parameter)> parameters, double lr, Func<IReadOnlyList<Parameter>, Optimizer> make)
        : this([new KappaGroup(parameters, lr)], lr, groups => make(groups[0].Parameters))
    {
    }

    /// <summary>Makes an optimizer over groups with rates and decays of their own.</summary>
    /// <param name="groups">What to train.</param>
    /// <param name="lr">The learning rate of groups that have none of their own.</param>
    /// <param name="make">Makes the optimizer of Kappa's.</param>
    /// <exception cref="ArgumentException">There is no parameter, or one appears twice.</exception>
    public KappaOptimizer(IEnumerable<KappaGroup> groups, double lr, Func<IReadOnlyList<ParameterGroup>, Optimizer> make)
        : base(groups, lr, make)
    {
    }

    /// <summary>Makes an optimizer that watches the model's layers.</summary>
    /// <param name="model">The model; all of its parameters are trained.</param>
    /// <param name="lr">The learning rate, in place of the one that the optimizer is made with.</param>
    /// <param name="make">Makes the optimizer of Kappa's from the parameters and the model over the same memory.</param>
    /// <exception cref="ArgumentException">There is no parameter, or two layers are tied.</exception>
    public KappaOptimizer(torch.nn.Module model, double lr, Func<IReadOnlyList<Parameter>, Module, Optimizer> make)
        : base(model, lr, make)
    {
    }
}
