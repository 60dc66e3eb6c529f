namespace Kappa.Lab.Runs;

/// <summary>A network and its optimizer as they stand, to go back to.</summary>
internal sealed class RunSnapshot
{
    private readonly Module _model;
    private readonly Optimizer _optimizer;
    private readonly StateDict _parameters;
    private readonly OptimizerState _state;

    internal RunSnapshot(Module model, Optimizer optimizer)
    {
        (_model, _optimizer) = (model, optimizer);
        _parameters = Copy(model.StateDict(), new StateDict());
        var state = optimizer.State();
        _state = new OptimizerState(state.Kind);
        _ = Copy(state.Tensors, _state.Tensors);
        foreach (var (name, value) in state.Numbers)
            _state.Add(name, value);
    }

    internal void Restore()
    {
        _model.LoadStateDict(_parameters);
        _optimizer.Load(_state);
    }

    private static StateDict Copy(StateDict from, StateDict to)
    {
        foreach (var (name, tensor) in from)
            to.Add(name, tensor.Clone().Keep());
        return to;
    }
}
