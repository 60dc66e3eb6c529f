namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>A rollout with its position at each horizon; one that has ended stays where it was.</summary>
internal sealed class RecordedRollout(HumanoidRollout rollout, int[] horizonSteps)
{
    private readonly double[][] _positions = new double[horizonSteps.Length][];
    private int _next;

    public HumanoidRollout Rollout => rollout;

    /// <summary>Positions at each horizon, [horizons][28].</summary>
    public IReadOnlyList<double[]> Positions => _positions;

    /// <summary>Takes note of the position if the rollout has come to the next horizon.</summary>
    public void Record()
    {
        if (rollout.IsAlive && rollout.Steps == horizonSteps[_next])
            _positions[_next++] = [.. rollout.Position];
    }

    /// <summary>Fills the horizons that an ended rollout did not reach.</summary>
    public void Finish()
    {
        while (_next < _positions.Length)
            _positions[_next++] = rollout.Position;
    }
}
