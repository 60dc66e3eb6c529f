using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Plasticity;

/// <summary>A penalty on parameters that is part of the loss: its gradient is added to that of the task, and the inner optimizer sees the sum.</summary>
/// <remarks>
/// <para>The reported gradient norm and clipping (<see cref="Optimizer.MaxGradientNorm"/>) are those of the task's gradient; the penalty's is added unclipped.
/// A parameter without a gradient in a step gets no penalty in it. <see cref="Tensor.Gradient"/> is left as the backward pass made it.</para>
/// <para>Cost: two passes over memory for each parameter, beside what the penalty itself costs.</para>
/// </remarks>
public abstract class CoupledPenalty : OptimizerWrapper
{
    private readonly Tensor?[] _sums;
    private readonly bool[] _isSelected;

    private protected CoupledPenalty(Optimizer inner, double strength, Func<Parameter, bool>? where)
        : base(inner)
    {
        Strength = OptionChecks.NotNegative(strength, $"{GetType().Name}.Strength");
        _isSelected = [.. Parameters.Select(parameter => parameter.Tensor.Count > 0 && (where?.Invoke(parameter) ?? true))];
        _sums = new Tensor?[Parameters.Count];
    }

    /// <summary>What the penalty is multiplied by.</summary>
    public double Strength { get; }

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (Strength > 0)
        {
            for (int i = 0; i < _sums.Length; i++)
            {
                if (_isSelected[i] && step.Gradients[i] is { } gradient)
                    step.Gradients[i] = WithPenalty(i, gradient, Strength / step.GradientScale);
            }

            step.Remeasure(Kind);
        }

        base.StepCore(step);
    }

    /// <summary>Whether the penalty acts on a parameter.</summary>
    private protected bool IsSelected(int index) => _isSelected[index];

    /// <summary>Writes <c>scale dR/dtheta</c> for one parameter.</summary>
    private protected abstract void WriteGradient(int index, Tensor parameter, double scale, Tensor destination);

    private Tensor WithPenalty(int index, Tensor gradient, double scale)
    {
        var sum = _sums[index] ??= Slots.ZerosLike(Parameters[index]);
        WriteGradient(index, Parameters[index].Tensor, scale, sum);
        sum.Backend.Binary(BinaryKernel.Add, sum, gradient, sum);
        return sum;
    }
}
