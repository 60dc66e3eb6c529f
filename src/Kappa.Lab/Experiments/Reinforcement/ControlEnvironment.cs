namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>Something to act on in steps: an agent sees an observation, chooses an action, and gets a reward.</summary>
public abstract class ControlEnvironment : IDisposable
{
    /// <summary>Numbers in an observation.</summary>
    public abstract int ObservationSize { get; }

    /// <summary>Numbers in an action.</summary>
    public abstract int ActionSize { get; }

    /// <summary>Begins an episode.</summary>
    /// <param name="generator">Where the start is drawn from.</param>
    /// <param name="observation">Takes the first observation, [<see cref="ObservationSize"/>].</param>
    public abstract void Reset(Philox generator, Span<float> observation);

    /// <summary>Acts once.</summary>
    /// <param name="action">The action, [<see cref="ActionSize"/>]; any finite numbers.</param>
    /// <param name="observation">Takes what is seen after it, [<see cref="ObservationSize"/>].</param>
    /// <returns>The reward, and whether the episode is over because no reward can follow. Running out of time is not that.</returns>
    public abstract (double Reward, bool IsOver) Step(ReadOnlySpan<float> action, Span<float> observation);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the environment holds.</summary>
    /// <param name="disposing">True when asked to, rather than collected.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
