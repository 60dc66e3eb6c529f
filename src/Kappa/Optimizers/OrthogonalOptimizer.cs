using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>What <see cref="Muon"/> and <see cref="AdaMuon"/> share: momentum and orthogonalised directions for the matrices inside a network, AdamW for the
/// rest.</summary>
public abstract class OrthogonalOptimizer : Optimizer
{
    private readonly IOrthogonalOptions _options;
    private readonly int[] _matrices;
    private readonly Tensor[] _momentum;
    private readonly AdamWMoments _others;
    private readonly SgdUpdate[] _work = new SgdUpdate[1];

    private protected OrthogonalOptimizer(IReadOnlyList<ParameterGroup> groups, double learningRate, IOrthogonalOptions options)
        : base(groups, learningRate)
    {
        options.Validate();
        _ = OptionChecks.Fits(options.WeightDecay, $"{GetType().Name}Options.WeightDecay", OptionChecks.Narrowest(Parameters));
        _options = options;
        _matrices = MatrixSelection.Select(GetType().Name, Parameters, options.Matrices, options.Where);
        _momentum = [.. _matrices.Select(index => Slots.ZerosLike(Parameters[index]))];
        _others = new AdamWMoments(Parameters, [.. Enumerable.Range(0, Parameters.Count).Except(_matrices)], options.Others);
    }

    /// <summary>The names of the parameters that are orthogonalised.</summary>
    public IReadOnlyList<string> Orthogonalized => [.. _matrices.Select(index => Parameters[index].Name)];

    /// <summary>Which parameters are orthogonalised.</summary>
    private protected IReadOnlyList<int> MatrixIndices => _matrices;

    /// <inheritdoc/>
    internal override double StepFlops(int parameter)
    {
        var shape = Parameters[parameter].Tensor.Shape;
        if (!_matrices.Contains(parameter) || shape[0] == 0)
            return 0;
        // Five rounds of the iteration.
        double rows = shape[0], columns = Parameters[parameter].Tensor.Count / rows, side = Math.Min(rows, columns);
        return 5 * ((4 * side * side * Math.Max(rows, columns)) + (2 * side * side * side));
    }

    /// <inheritdoc/>
    protected internal sealed override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        for (int i = 0; i < _matrices.Length; i++)
        {
            if (step.Gradients[_matrices[i]] is { } gradient)
                UpdateMatrix(step, i, gradient);
        }

        _others.Update(step, _options.OthersLearningRateRatio);
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < _matrices.Length; i++)
        {
            string name = Parameters[_matrices[i]].Name;
            state.Tensors.Add($"{name}.momentum", _momentum[i]);
            AddMatrixTo(state, name, i);
        }

        _others.AddTo(state);
    }

    /// <inheritdoc/>
    internal sealed override void WidenFor(OptimizerState state) => _others.WidenFor(state);

    /// <inheritdoc/>
    protected internal sealed override void LoadCore(OptimizerState state) => _others.LoadFrom(state);

    /// <inheritdoc/>
    protected internal override void ResetUnitsCore(UnitReset reset)
    {
        ArgumentNullException.ThrowIfNull(reset);
        for (int i = 0; i < _matrices.Length; i++)
            reset.Clear(Parameters[_matrices[i]], _momentum[i]);
        _others.ResetUnits(reset);
    }

    /// <inheritdoc/>
    protected internal sealed override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        for (int i = 0; i < _matrices.Length; i++)
            transport.ScaleLikeGradient(Parameters[_matrices[i]], _momentum[i]);
        _others.Transport(transport);
    }

    /// <summary>Adds what else is kept for a matrix.</summary>
    private protected virtual void AddMatrixTo(OptimizerState state, string name, int matrix)
    {
    }

    /// <summary>Turns the momentum's direction, <c>[rows, columns]</c>, into that of the step.</summary>
    /// <param name="direction">The direction; may be overwritten.</param>
    /// <param name="matrix">Which matrix.</param>
    /// <param name="scale">What the result is to be multiplied by.</param>
    private protected abstract Tensor Orthogonalize(Tensor direction, int matrix, out double scale);

    private void UpdateMatrix(OptimizerStep step, int matrix, Tensor gradient)
    {
        using var scope = TensorScope.Begin();
        int index = _matrices[matrix];
        var weight = step.Parameters[index].Tensor;
        int rows = weight.Shape[0];
        int columns = rows == 0 ? 0 : weight.Count / rows;
        var direction = weight.New(new Shape(rows, columns));
        direction.Backend.Momentum(gradient, step.GradientScale, _momentum[matrix], _options.Momentum, _options.Nesterov, direction);
        ref var update = ref _work[0];
        update.Value = weight;
        update.Gradient = Orthogonalize(direction, matrix, out double scale);
        update.GradientScale = scale;
        update.WeightDecay = step.WeightDecayOf(index, _options.WeightDecay);
        update.StepSize = step.LearningRateOf(index);
        weight.Backend.Sgd(_work, 1);
    }
}
