using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>Momentum whose update is orthogonalised, for the matrices inside a network; AdamW for the rest.</summary>
/// <remarks>
/// <para>For a matrix with the clipped gradient g and the rate eta: m = mu m + (1 - mu) g; u = (1 - mu) g + mu m with Nesterov, m without; O = Newton-Schulz(u), about
/// U V^T for u = U S V^T, or Polar Express in its place (<see cref="Orthogonalization"/>); W = (1 - eta lambda) W - eta s O, with s by <see cref="MuonScaling"/>. A parameter with more than two axes counts as a matrix
/// <c>[out, rest]</c>. The iteration runs in the element type of the parameter.</para>
/// <para>Source: Jordan and others (2024), "Muon: an optimizer for hidden layers in neural networks". State: one number for each element of a matrix, two elsewhere.
/// Cost: five rounds of 3 n^2 m + n^3 flops for a matrix with sides n, the smaller, and m.</para>
/// </remarks>
public sealed class Muon : Optimizer
{
    private readonly int[] _matrices;
    private readonly Tensor[] _momentum;
    private readonly AdamWMoments _others;
    private readonly SgdUpdate[] _work = new SgdUpdate[1];

    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What to train, such as <c>model.Parameters()</c>, in the order of the model: the first and the last matrix are found by it.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Muon(IReadOnlyList<Parameter> parameters, double learningRate = 0.02, MuonOptions? options = null)
        : this([new ParameterGroup(parameters)], learningRate, options)
    {
    }

    /// <summary>Makes the optimizer over groups.</summary>
    /// <param name="groups">What to train, in groups with their own scale and decay.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Muon(IReadOnlyList<ParameterGroup> groups, double learningRate = 0.02, MuonOptions? options = null)
        : base(groups, learningRate)
    {
        Options = options ?? new MuonOptions();
        Options.Validate();
        _ = OptionChecks.Fits(Options.WeightDecay, "MuonOptions.WeightDecay", OptionChecks.Narrowest(Parameters));
        _matrices = MatrixSelection.Select(nameof(Muon), Parameters, Options.Matrices, Options.Where);
        _momentum = [.. _matrices.Select(index => Slots.ZerosLike(Parameters[index]))];
        _others = new AdamWMoments(Parameters, [.. Enumerable.Range(0, Parameters.Count).Except(_matrices)], Options.Others);
    }

    /// <summary>The settings.</summary>
    public MuonOptions Options { get; }

    /// <summary>The names of the parameters that are orthogonalised.</summary>
    public IReadOnlyList<string> Orthogonalized => [.. _matrices.Select(index => Parameters[index].Name)];

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        for (int i = 0; i < _matrices.Length; i++)
        {
            if (step.Gradients[_matrices[i]] is { } gradient)
                UpdateMatrix(step, _matrices[i], gradient, _momentum[i]);
        }

        _others.Update(step, Options.OthersLearningRateRatio);
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < _matrices.Length; i++)
            state.Tensors.Add($"{Parameters[_matrices[i]].Name}.momentum", _momentum[i]);
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
            reset.Clear(Parameters[_matrices[i]], _momentum[i]);
        _others.ResetUnits(reset);
    }

    /// <inheritdoc/>
    protected internal override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        for (int i = 0; i < _matrices.Length; i++)
            transport.ScaleLikeGradient(Parameters[_matrices[i]], _momentum[i]);
        _others.Transport(transport);
    }

    private void UpdateMatrix(OptimizerStep step, int index, Tensor gradient, Tensor momentum)
    {
        using var scope = TensorScope.Begin();
        var weight = step.Parameters[index].Tensor;
        int rows = weight.Shape[0];
        int columns = rows == 0 ? 0 : weight.Count / rows;
        var direction = Tensor.Uninitialized(new Shape(rows, columns), weight.DataType);
        Backend.Current.Momentum(gradient, step.GradientScale, momentum, Options.Momentum, Options.Nesterov, direction);
        ref var update = ref _work[0];
        update.Value = weight;
        update.Gradient = NewtonSchulz.Orthogonalize(direction, Options.NewtonSchulzSteps, Options.Orthogonalization);
        update.GradientScale = Options.Scaling == MuonScaling.Jordan
            ? Math.Sqrt(Math.Max(1, rows / (double)Math.Max(columns, 1)))
            : 0.2 * Math.Sqrt(Math.Max(rows, columns));
        update.WeightDecay = step.WeightDecayOf(index, Options.WeightDecay);
        update.StepSize = step.LearningRateOf(index);
        Backend.Current.Sgd(_work, 1);
    }
}
