namespace Kappa.Lab.Runs;

/// <summary>A network and its optimizer as they stand, to go back to.</summary>
internal sealed class RunSnapshot(Module model, Optimizer optimizer)
{
    private readonly StateDict _parameters = Copy(model.StateDict(), new StateDict());
    private readonly OptimizerState _state = Copy(optimizer.State());

    internal void Restore()
    {
        model.LoadStateDict(_parameters);
        optimizer.Load(_state);
    }

    private static OptimizerState Copy(OptimizerState from)
    {
        var to = new OptimizerState(from.Kind);
        _ = Copy(from.Tensors, to.Tensors);
        foreach (var (name, value) in from.Numbers)
            to.Add(name, value);
        return to;
    }

    private static StateDict Copy(StateDict from, StateDict to)
    {
        foreach (var (name, tensor) in from)
            to.Add(name, tensor.Clone().Keep());
        return to;
    }
}
