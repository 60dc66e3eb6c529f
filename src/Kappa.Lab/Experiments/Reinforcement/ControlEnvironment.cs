namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>Something to act on in steps: an agent sees an observation, chooses an action, and gets a reward.</summary>
internal abstract class ControlEnvironment : IDisposable
{
    /// <summary>Numbers in an observation.</summary>
    public abstract int ObservationSize { get; }

    /// <summary>Numbers in an action.</summary>
    public abstract int ActionSize { get; }

    /// <summary>Begins an episode, with a start drawn from the generator; the first observation goes to <paramref name="observation"/>.</summary>
    public abstract void Reset(Philox generator, Span<float> observation);

    /// <summary>Acts once, by any finite numbers; what is seen after it goes to <paramref name="observation"/>.</summary>
    /// <returns>The reward, and whether the episode is over because no reward can follow. Running out of time is not that.</returns>
    public abstract (double Reward, bool IsOver) Step(ReadOnlySpan<float> action, Span<float> observation);

    /// <summary>Gives back what the environment holds.</summary>
    public virtual void Dispose()
    {
    }
}
