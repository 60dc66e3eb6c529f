using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Plasticity;

/// <summary>Shrink and perturb: every so many steps, <c>theta = shrinkage theta + noise r n</c>, with n standard normal and r the root mean square of the
/// parameter's initial values.</summary>
/// <remarks>
/// Source: Ash and Adams (2020), "On warm-starting neural network training", arXiv 1910.08475, where a fresh initialisation is added; a parameter that starts
/// at zero, such as a bias, is only shrunk, as there. The optimizer's moments stay. It acts after the first step of each further interval, so that an
/// interval of a task's length acts when the next task begins, and not just before the last one is judged. The noise depends on the generator, the step and
/// the parameter's name alone, so the generator and r are saved, and a resumed run gives the same bits. Where
/// <see cref="Rescaling.PathConditioning"/> rescales a parameter in training, r is multiplied by what the root mean square of its values then is multiplied by:
/// the noise keeps its size relative to the parameter, not to each element.
/// </remarks>
public sealed class ShrinkAndPerturb : OptimizerWrapper
{
    private readonly KeptGenerator _generator;
    private readonly double[] _scales;

    /// <summary>Wraps an optimizer.</summary>
    /// <param name="inner">Who makes the step; its parameters hold their initial values now.</param>
    /// <param name="generator">Where the noise comes from; does not advance.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public ShrinkAndPerturb(Optimizer inner, Philox generator, ShrinkAndPerturbOptions? options = null)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(generator);
        Options = options ?? new ShrinkAndPerturbOptions();
        Options.Validate();
        _generator = new KeptGenerator(generator.Split("shrink-and-perturb"));
        _scales = [.. Parameters.Select(parameter => Scale.RootMeanSquare(parameter.Tensor))];
    }

    /// <summary>The settings.</summary>
    public ShrinkAndPerturbOptions Options { get; }

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        base.StepCore(step);
        if (step.Index == 0 || step.Index % Options.Interval != 0)
            return;
        var generator = _generator.Value.Split(step.Index);
        for (int i = 0; i < _scales.Length; i++)
        {
            using var scope = TensorScope.Begin();
            var (name, tensor) = Parameters[i];
            tensor.Backend.Affine(tensor, Options.Shrinkage, 0, tensor);
            if (_scales[i] * Options.Noise > 0)
            {
                tensor.Backend.Binary(
                    BinaryKernel.Add, tensor,
                    Tensor.Normal(tensor.Shape, generator.Split(name), 0, _scales[i] * Options.Noise, tensor.DataType, tensor.Device), tensor);
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.StateCore(state);
        for (int i = 0; i < _scales.Length; i++)
            state.Add($"{Parameters[i].Name}.perturbation_scale", _scales[i]);
        state.Tensors.Add("perturbation_generator", _generator.Tensor);
    }

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.LoadCore(state);
        for (int i = 0; i < _scales.Length; i++)
            _scales[i] = state.Numbers[$"{Parameters[i].Name}.perturbation_scale"];
    }

    /// <inheritdoc/>
    protected internal override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        base.TransportCore(transport);
        for (int i = 0; i < _scales.Length; i++)
            _scales[i] *= Scale.Growth(transport, Parameters[i]);
    }
}
