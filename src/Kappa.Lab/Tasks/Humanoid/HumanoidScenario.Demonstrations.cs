namespace Kappa.Lab.Tasks.Humanoid;

public abstract partial class HumanoidScenario
{
    /// <summary>Steps in a demonstration: 5 s at 200 Hz.</summary>
    public const int DemonstrationSteps = 1000;

    /// <summary>Standard deviation of the autoregressive control noise in demonstrations (time constant 0.1 s).</summary>
    public const double DemonstrationNoise = 0.05;

    /// <summary>Generates demonstrations: rollouts of the expert under control noise, labelled with its clean action in each state.</summary>
    /// <param name="trajectories">How many demonstrations, each of <see cref="DemonstrationSteps"/> steps; at least 1.</param>
    /// <param name="seed">Seed; equal seeds give equal demonstrations, bit for bit.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <param name="progress">Told the fraction done, from any thread.</param>
    /// <returns>The demonstrations that the expert survived.</returns>
    /// <remarks>Uses all cores; the result does not depend on how many there are. About 50 ms of one core for each demonstration.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="trajectories"/> is below 1.</exception>
    /// <exception cref="MujocoException">libmujoco 2.2.2 is unavailable; the message names the package to install.</exception>
    /// <exception cref="FileNotFoundException">The humanoid model is not there; the message names the package to install.</exception>
    public Demonstrations Generate(
        int trajectories, int seed, CancellationToken cancellation = default, IProgress<double>? progress = null) =>
        Generate(trajectories, seed, Environment.ProcessorCount, cancellation, progress);

    internal Demonstrations Generate(
        int trajectories, int seed, int threads, CancellationToken cancellation, IProgress<double>? progress)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trajectories, 1);
        var expert = Expert;
        var (kept, _) = KeepSurvived(
            trajectories, threads, Stream("demonstrations", seed),
            (stream, data) => Demonstrate(expert, stream, data, cancellation), expert.Robot.Model, progress, cancellation);

        int rows = checked(trajectories * DemonstrationSteps);
        var observations = new float[checked(rows * ObservationSize)];
        var actions = new float[checked(rows * ActionSize)];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i].Observations.CopyTo(observations, i * DemonstrationSteps * ObservationSize);
            kept[i].Actions.CopyTo(actions, i * DemonstrationSteps * ActionSize);
        }
        return new Demonstrations(observations, actions, ObservationSize, ActionSize, trajectories);
    }

    private Demonstrations? Demonstrate(HumanoidExpert expert, Philox stream, MujocoData data, CancellationToken cancellation)
    {
        var rollout = new HumanoidRollout(expert, DrawStart(expert, stream), DemonstrationNoise);
        var observations = new float[DemonstrationSteps * ObservationSize];
        var actions = new float[DemonstrationSteps * ActionSize];
        Span<double> action = stackalloc double[MotorCount];
        for (int step = 0; step < DemonstrationSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Observe(expert, rollout, observations.AsSpan(step * ObservationSize, ObservationSize));
            rollout.AdvanceExpert(data, action);
            if (!rollout.IsAlive)
                return null;
            for (int i = 0; i < MotorCount; i++)
                actions[(step * ActionSize) + i] = (float)action[i];
        }
        return new Demonstrations(observations, actions, ObservationSize, ActionSize, 1);
    }
}
