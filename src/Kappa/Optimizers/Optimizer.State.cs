using Kappa.Networks;

namespace Kappa.Optimizers;

/// <content>Saving and resuming.</content>
public abstract partial class Optimizer
{
    /// <summary>What is needed to continue bit for bit. The tensors are the optimizer's own, not copies: save them, or clone them, before the next
    /// step.</summary>
    /// <returns>The optimizer's tensors and numbers, with the learning rate, the clipping and the settings of groups. The schedule is not in it: it depends on
    /// the step alone.</returns>
    public OptimizerState State()
    {
        var state = new OptimizerState(Kind);
        _run.AddTo(state);
        StateCore(state);
        return state;
    }

    /// <summary>Continues from a state: step count, rates, settings of groups, and the optimizer's tensors are taken from it.</summary>
    /// <param name="state">A state of an optimizer of this kind over parameters of these names and shapes.</param>
    /// <remarks>
    /// To continue with another learning rate, set <see cref="LearningRate"/> afterwards. Everything is matched by the names of parameters, so the order of
    /// parameters and groups may be another; a group takes the rate and decay that its parameters had. States of before that have them by the group's number
    /// are taken where all groups had the same.
    /// </remarks>
    /// <exception cref="ArgumentException">The state is another kind of optimizer's, a number is out of range, or parameters that are in one group here had
    /// different settings. Nothing was changed.</exception>
    /// <exception cref="StateMismatchException">Names or shapes of tensors do not match; the message lists every one. Nothing was changed.</exception>
    public void Load(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Kind != Kind)
        {
            throw new ArgumentException(
                $"the state is that of {state.Kind}; expected {Kind}. Make the optimizer that wrote it, or start without its state", nameof(state));
        }

        state = _run.WithSettingsByName(state);
        WidenFor(state);
        var own = State();
        string[] missing = [.. own.Numbers.Keys.Where(name => !OptimizerRun.IsOptional(name) && !state.Numbers.ContainsKey(name))];
        string[] unexpected = [.. state.Numbers.Keys.Where(name => !OptimizerRun.IsOptional(name) && !own.Numbers.ContainsKey(name))];
        if (missing.Length + unexpected.Length > 0)
            throw new StateMismatchException(missing, unexpected, []);
        _run.Check(state);
        own.Tensors.CopyFrom(state.Tensors);
        _run.LoadFrom(state);
        LoadCore(state);
    }

    /// <summary>Makes room for what a state holds in a wider type than this optimizer does.</summary>
    internal virtual void WidenFor(OptimizerState state)
    {
        // Most optimizers keep one type.
    }

    /// <summary>Adds this optimizer's own tensors, named "parameter.slot", and numbers.</summary>
    /// <param name="state">What to add to.</param>
    protected internal abstract void StateCore(OptimizerState state);

    /// <summary>Takes this optimizer's own numbers back. The tensors that <see cref="StateCore"/> names have been copied already, and the names were
    /// checked.</summary>
    /// <param name="state">What to read.</param>
    protected internal abstract void LoadCore(OptimizerState state);

    /// <summary>Forgets what this optimizer remembers of units that were made new.</summary>
    /// <param name="reset">What to call for each tensor of state.</param>
    /// <exception cref="NotSupportedException">The optimizer does not override this.</exception>
    protected internal virtual void ResetUnitsCore(UnitReset reset) =>
        throw new NotSupportedException(
            $"{GetType().Name} does not say what it forgets when units are made new: override ResetUnitsCore, with an empty body where it remembers nothing, "
            + "or use a remedy that replaces no units");

    /// <summary>Moves this optimizer's state along with rescaled parameters.</summary>
    /// <param name="transport">What to call for each tensor of state.</param>
    /// <exception cref="NotSupportedException">The optimizer does not override this.</exception>
    protected internal virtual void TransportCore(StateTransport transport) =>
        throw new NotSupportedException(
            $"{GetType().Name} does not say how its state moves along when parameters are rescaled: override TransportCore, or rescale the model without the "
            + "optimizer and make a new one");
}
