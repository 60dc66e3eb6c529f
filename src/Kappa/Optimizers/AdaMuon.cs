using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>Muon with a second moment of its orthogonal directions, for the matrices inside a network; AdamW for the rest.</summary>
/// <remarks>
/// <para>For a matrix <c>[rows, columns]</c> with the clipped gradient g and the rate eta: m = mu m + (1 - mu) g; O = Newton-Schulz(sign(m)); v = beta v +
/// (1 - beta) O^2; D = O / (sqrt(v) + epsilon); W = (1 - eta lambda) W - eta 0.2 sqrt(rows columns) D / |D|_F. So the root mean square of an update is 0.2 eta,
/// about that of AdamW, whose learning rates and schedules can be used. Because of that last division, v needs no correction for its start at zero.
/// A parameter with more than two axes counts as a matrix <c>[out, rest]</c>.</para>
/// <para>Source: Si, Zhang and Shen (2025), AdaMuon, arXiv 2507.11005, version 3, algorithm 1. There m = mu m + g, which has the same sign. State: two numbers
/// for each parameter. Cost: that of <see cref="Muon"/> and one pass over memory more.</para>
/// </remarks>
public sealed class AdaMuon : Optimizer
{
    private readonly int[] _matrices;
    private readonly Tensor[] _momentum;
    private readonly Tensor[] _secondMoment;
    private readonly AdamWMoments _others;
    private readonly SgdUpdate[] _work = new SgdUpdate[1];

    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What to train, such as <c>model.Parameters()</c>, in the order of the model: the first and the last matrix are found by it.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdaMuon(IReadOnlyList<Parameter> parameters, double learningRate = 1e-3, AdaMuonOptions? options = null)
        : this([new ParameterGroup(parameters)], learningRate, options)
    {
    }

    /// <summary>Makes the optimizer over groups.</summary>
    /// <param name="groups">What to train, in groups with their own scale and decay.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdaMuon(IReadOnlyList<ParameterGroup> groups, double learningRate = 1e-3, AdaMuonOptions? options = null)
        : base(groups, learningRate)
    {
        Options = options ?? new AdaMuonOptions();
        Options.Validate();
        var type = OptionChecks.Narrowest(Parameters);
        // Directions of rounding error, whose squares vanish, would be divided by epsilon alone.
        _ = OptionChecks.Epsilon(Options.Epsilon, "AdaMuonOptions.Epsilon", type, type == DataType.Float32 ? 5.9e-11 : 1e-136);
        _ = OptionChecks.Fits(Options.WeightDecay, "AdaMuonOptions.WeightDecay", type);
        _matrices = MatrixSelection.Select(nameof(AdaMuon), Parameters, Options.Matrices, Options.Where);
        _momentum = [.. _matrices.Select(index => Slots.ZerosLike(Parameters[index]))];
        _secondMoment = [.. _matrices.Select(index => Slots.ZerosLike(Parameters[index]))];
        _others = new AdamWMoments(Parameters, [.. Enumerable.Range(0, Parameters.Count).Except(_matrices)], Options.Others);
    }

    /// <summary>The settings.</summary>
    public AdaMuonOptions Options { get; }

    /// <summary>The names of the parameters that are orthogonalised.</summary>
    public IReadOnlyList<string> Orthogonalized => [.. _matrices.Select(index => Parameters[index].Name)];

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        for (int i = 0; i < _matrices.Length; i++)
        {
            if (step.Gradients[_matrices[i]] is { } gradient)
                UpdateMatrix(step, _matrices[i], gradient, _momentum[i], _secondMoment[i]);
        }

        _others.Update(step, Options.OthersLearningRateRatio);
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < _matrices.Length; i++)
        {
            string name = Parameters[_matrices[i]].Name;
            state.Tensors.Add($"{name}.momentum", _momentum[i]);
            state.Tensors.Add($"{name}.second_moment", _secondMoment[i]);
        }

        _others.AddTo(state);
    }

    /// <inheritdoc/>
    internal override void WidenFor(OptimizerState state) => _others.WidenFor(state);

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state) => _others.LoadFrom(state);

    /// <inheritdoc/>
    protected internal override void ResetUnitsCore(UnitReset reset)
    {
        ArgumentNullException.ThrowIfNull(reset);
        for (int i = 0; i < _matrices.Length; i++)
        {
            reset.Clear(Parameters[_matrices[i]], _momentum[i]);
            reset.Clear(Parameters[_matrices[i]], _secondMoment[i]);
        }

        _others.ResetUnits(reset);
    }

    /// <inheritdoc/>
    /// <remarks>The second moment is one of orthogonalised directions, which have no scale of the gradient's; it stays.</remarks>
    protected internal override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        for (int i = 0; i < _matrices.Length; i++)
            transport.ScaleLikeGradient(Parameters[_matrices[i]], _momentum[i]);
        _others.Transport(transport);
    }

    private void UpdateMatrix(OptimizerStep step, int index, Tensor gradient, Tensor momentum, Tensor secondMoment)
    {
        using var scope = TensorScope.Begin();
        var backend = Backend.Current;
        var weight = step.Parameters[index].Tensor;
        int rows = weight.Shape[0];
        int columns = rows == 0 ? 0 : weight.Count / rows;
        var direction = Tensor.Uninitialized(new Shape(rows, columns), weight.DataType);
        backend.Momentum(gradient, step.GradientScale, momentum, Options.Momentum, Options.Nesterov, direction);
        backend.Sign(direction);
        direction = NewtonSchulz.Orthogonalize(direction, Options.NewtonSchulzSteps, Options.Orthogonalization);
        backend.DivideByRootMeanSquare(direction, secondMoment, Options.Beta2, Options.Epsilon);
        double norm = backend.Norm(direction);
        ref var update = ref _work[0];
        update.Value = weight;
        update.Gradient = direction;
        // A gradient that has been zero all along has no direction.
        update.GradientScale = norm == 0 ? 0 : 0.2 * Math.Sqrt((double)rows * columns) / norm;
        update.WeightDecay = step.WeightDecayOf(index, Options.WeightDecay);
        update.StepSize = step.LearningRateOf(index);
        backend.Sgd(_work, 1);
    }
}
