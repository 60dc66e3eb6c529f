namespace Kappa.Lab.Tasks.Humanoid;

internal sealed partial class HumanoidScenario
{
    // 5 s at 200 Hz.
    private const int DemonstrationSteps = 1000;

    // Standard deviation of the autoregressive control noise in demonstrations.
    private const double DemonstrationNoise = 0.05;

    // A scenario whose expert survives fewer than this is mis-set, and would search for ever.
    private const double LeastExpertSurvival = 0.1;

    /// <summary>Generates demonstrations that the expert survived: rollouts of it under control noise, labelled with its clean action in each state.</summary>
    /// <param name="trajectories">How many, each of 5 s; at least 1.</param>
    /// <param name="seed">Equal seeds give equal demonstrations, bit for bit.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <param name="progress">Told the fraction done, from any thread.</param>
    /// <param name="threads">How many work, about 50 ms for each demonstration; ComputeThreads.Count by default. The result does not depend on it.</param>
    internal DemonstrationSet Generate(
        int trajectories, int seed, CancellationToken cancellation = default, IProgress<double>? progress = null, int? threads = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trajectories, 1);
        var expert = Expert;
        var (kept, _) = Search(expert, threads ?? ComputeThreads.Count).Keep(
            trajectories, Stream("demonstrations", seed), (stream, data) => Demonstrate(expert, stream, data, cancellation), progress, cancellation);

        int rows = checked(trajectories * DemonstrationSteps);
        var observations = new float[checked(rows * ObservationSize)];
        var actions = new float[checked(rows * MotorCount)];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i].Observations.CopyTo(observations, i * DemonstrationSteps * ObservationSize);
            kept[i].Actions.CopyTo(actions, i * DemonstrationSteps * MotorCount);
        }
        return new DemonstrationSet(observations, actions, ObservationSize, MotorCount, trajectories);
    }

    private DemonstrationSet? Demonstrate(HumanoidExpert expert, Philox stream, MujocoData data, CancellationToken cancellation)
    {
        var rollout = new HumanoidRollout(expert, DrawStart(expert, stream), DemonstrationNoise);
        var observations = new float[DemonstrationSteps * ObservationSize];
        var actions = new float[DemonstrationSteps * MotorCount];
        Span<double> action = stackalloc double[MotorCount];
        for (int step = 0; step < DemonstrationSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Observe(expert, rollout, observations.AsSpan(step * ObservationSize, ObservationSize));
            rollout.AdvanceExpert(data, action);
            if (!rollout.IsAlive)
                return null;
            for (int i = 0; i < MotorCount; i++)
                actions[(step * MotorCount) + i] = (float)action[i];
        }
        return new DemonstrationSet(observations, actions, ObservationSize, MotorCount, 1);
    }

    private static CandidateSearch Search(HumanoidExpert expert, int threads) => new(
        expert.Robot.Model, threads, LeastExpertSurvival, (kept, examined) => new InvalidOperationException(
            $"The expert survived {kept} of {examined} starts, expected at least a tenth: lower the control noise or the length."));
}
