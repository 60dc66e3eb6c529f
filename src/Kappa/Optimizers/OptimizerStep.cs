using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>What an optimizer's update is computed from: the gradients of one step, checked, and its rates.</summary>
public sealed class OptimizerStep
{
    private readonly Parameter[] _parameters;
    private readonly ParameterGroup[] _groups;

    internal OptimizerStep(IReadOnlyList<ParameterGroup> groups)
    {
        _parameters = [.. groups.SelectMany(group => group.Parameters)];
        _groups = [.. groups.SelectMany(group => Enumerable.Repeat(group, group.Parameters.Count))];
        Gradients = new Tensor?[_parameters.Length];
    }

    /// <summary>The optimizer that was asked to step: the outermost one, where some are wrapped.</summary>
    internal Optimizer? Optimizer { get; set; }

    /// <summary>How many steps came before this one.</summary>
    public long Index { get; internal set; }

    /// <summary>The base learning rate times the schedule's factor.</summary>
    public double LearningRate { get; internal set; }

    /// <summary>The schedule's factor.</summary>
    internal double ScheduleFactor { get; set; } = 1;

    /// <summary>What gradients are to be multiplied by: below 1 where they are clipped.</summary>
    public double GradientScale { get; internal set; } = 1;

    /// <summary>The norm of all gradients taken together, clipped: no element of them is larger.</summary>
    internal double GradientNorm { get; set; }

    /// <summary>All parameters of all groups, in order.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    internal Tensor?[] Gradients { get; }

    /// <summary>The kernels of the parameters' device.</summary>
    internal Backend Backend => _parameters[0].Tensor.Backend;

    /// <summary>Measures the gradients anew, after a wrapper added to some.</summary>
    /// <exception cref="NonFiniteException">What was added is NaN or infinite.</exception>
    internal void Remeasure(string wrapper)
    {
        GradientNorm = GradientScale * Backend.Norm(Gradients);
        for (int i = 0; !double.IsFinite(GradientNorm) && i < Gradients.Length; i++)
        {
            if (Gradients[i] is { } gradient && gradient.FirstNonFinite() >= 0)
            {
                throw new NonFiniteException(
                    $"{wrapper}: at step {Index} the penalty's gradient of {_parameters[i].Name} {gradient.Shape} is out of the range of {gradient.DataType}. "
                    + "Nothing was changed. Is the weight as large as it should be?");
            }
        }
    }

    /// <summary>The gradient of one parameter, of its shape, before clipping; null where it has none in this step.</summary>
    /// <param name="index">Which parameter.</param>
    public Tensor? Gradient(int index) => Gradients[index];

    /// <summary>The learning rate of one parameter: with the schedule and its group's scale.</summary>
    /// <param name="index">Which parameter.</param>
    public double LearningRateOf(int index) => LearningRate * _groups[index].LearningRateScale;

    /// <summary>What the rates of one parameter are multiplied by: its group's scale.</summary>
    internal double ScaleOf(int index) => _groups[index].LearningRateScale;

    /// <summary>The weight decay of one parameter: its group's where that has one.</summary>
    /// <param name="index">Which parameter.</param>
    /// <param name="ordinary">The optimizer's own.</param>
    public double WeightDecayOf(int index, double ordinary) => _groups[index].WeightDecay ?? ordinary;
}
