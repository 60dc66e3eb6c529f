using Kappa.Pieces;

namespace Kappa.Optimizers;

/// <summary>An optimizer that lets another one make the step, over the same groups, rates and counters.</summary>
/// <remarks>What a wrapper adds, it adds to the gradients before they are read, or around <see cref="StepCore"/>; an override calls the base.</remarks>
public abstract class OptimizerWrapper : Optimizer
{
    /// <summary>Wraps an optimizer.</summary>
    /// <param name="inner">Who makes the step.</param>
    protected OptimizerWrapper(Optimizer inner)
        : base(inner) => Inner = inner;

    /// <summary>Who makes the step.</summary>
    public Optimizer Inner { get; }

    /// <inheritdoc/>
    protected internal override string Kind => $"{GetType().Name}({Inner.Kind})";

    /// <inheritdoc/>
    internal override IEnumerable<IPieceObserver> PieceObservers => Inner.PieceObservers;

    /// <inheritdoc/>
    internal override double StepFlops(int parameter) => Inner.StepFlops(parameter);

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step) => Inner.StepCore(step);

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state) => Inner.StateCore(state);

    /// <inheritdoc/>
    internal override void WidenFor(OptimizerState state) => Inner.WidenFor(state);

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state) => Inner.LoadCore(state);

    /// <inheritdoc/>
    /// <remarks>State of the wrapper itself is left as it is, unless a derived class says otherwise.</remarks>
    protected internal override void ResetUnitsCore(UnitReset reset) => Inner.ResetUnitsCore(reset);

    /// <inheritdoc/>
    /// <remarks>State of the wrapper itself is left as it is, unless a derived class says otherwise.</remarks>
    protected internal override void TransportCore(StateTransport transport) => Inner.TransportCore(transport);
}
