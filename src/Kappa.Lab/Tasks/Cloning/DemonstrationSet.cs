namespace Kappa.Lab.Tasks.Cloning;

/// <summary>States that the expert visited under control noise, each with the action it would take there without noise.</summary>
/// <param name="Observations">Observations, [count, observation size] row-major, one trajectory after the other.</param>
/// <param name="Actions">The expert's clean, clipped actions, [count, action size] row-major.</param>
/// <param name="ObservationSize">Numbers in one observation.</param>
/// <param name="ActionSize">Numbers in one action.</param>
/// <param name="Trajectories">How many trajectories, all of the same length.</param>
internal sealed record DemonstrationSet(
    float[] Observations, float[] Actions, int ObservationSize, int ActionSize, int Trajectories)
{
    /// <summary>Number of pairs of observation and action.</summary>
    public int Count => Observations.Length / ObservationSize;
}
