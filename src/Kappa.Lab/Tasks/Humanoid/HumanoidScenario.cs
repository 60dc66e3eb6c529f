using System.Collections.Concurrent;

namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>
/// A task for a simulated humanoid with 21 motors: an expert demonstrates it, a policy is trained on the demonstrations and then let loose.
/// </summary>
/// <remarks>
/// <para>The simulation steps at 200 Hz. An observation is [tangent-space position difference from the scenario's middle pose, 27;
/// velocity, 27; commanded bend, 1 where the scenario has one]; an action is 21 motor commands in [-1, 1].</para>
/// <para>The expert is a clipped linear feedback around equilibrium poses (a linear-quadratic regulator on the dynamics that MuJoCo
/// linearises), after DeepMind's humanoid-balancing tutorial for MuJoCo (2022). It is designed on first use and shared by
/// all scenarios of a process with the same settings. All members may be used from several threads at once.</para>
/// </remarks>
public abstract partial class HumanoidScenario
{
    /// <summary>Number of motors of the humanoid.</summary>
    public const int MotorCount = 21;

    private readonly string? _modelPath;
    private readonly ConcurrentDictionary<RolloutOptions, Lazy<EvaluationSet>> _evaluationSets = new();

    private protected HumanoidScenario(string? modelPath, ScenarioSettings settings)
    {
        _modelPath = modelPath;
        Settings = settings;
    }

    /// <summary>Short name, as used in run files.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence that says what the humanoid has to do.</summary>
    public abstract string Description { get; }

    /// <summary>Numbers in one observation.</summary>
    public int ObservationSize => (2 * TangentSize) + (Settings.ObservesCommand ? 1 : 0);

    /// <summary>Numbers in one action: one per motor.</summary>
    public int ActionSize => MotorCount;

    internal const int TangentSize = 27;

    internal const int PositionSize = 28;

    internal ScenarioSettings Settings { get; }

    internal HumanoidExpert Expert => ExpertRegistry.Get(_modelPath, Settings);

    /// <summary>Designs the expert now rather than on first use.</summary>
    /// <exception cref="Kappa.Mujoco.MujocoException">libmujoco 2.2.2 is unavailable; the message names the package to install.</exception>
    /// <exception cref="FileNotFoundException">The humanoid model is not there; the message names the package to install.</exception>
    public void Prepare() => _ = Expert;

    /// <summary>The expert as a policy of the observation alone.</summary>
    /// <returns>A policy whose actions are the demonstrations' labels, to the rounding of a float observation.</returns>
    /// <exception cref="Kappa.Mujoco.MujocoException">libmujoco 2.2.2 is unavailable; the message names the package to install.</exception>
    /// <exception cref="FileNotFoundException">The humanoid model is not there; the message names the package to install.</exception>
    public PolicyFunction ExpertPolicy()
    {
        var expert = Expert;
        return (observations, batch, actions) =>
        {
            Span<double> position = stackalloc double[PositionSize], tangent = stackalloc double[TangentSize];
            Span<double> velocity = stackalloc double[TangentSize], action = stackalloc double[MotorCount];
            for (int row = 0; row < batch; row++)
            {
                var observation = observations.Slice(row * ObservationSize, ObservationSize);
                for (int i = 0; i < TangentSize; i++)
                    (tangent[i], velocity[i]) = (observation[i], observation[TangentSize + i]);
                MiddlePose(expert).CopyTo(position);
                expert.Robot.Model.IntegratePosition(position, tangent);
                double bend = Settings.ObservesCommand ? observation[^1] : Settings.Bends[0];
                expert.Act(bend, position, velocity, action);
                for (int i = 0; i < MotorCount; i++)
                    actions[(row * MotorCount) + i] = (float)action[i];
            }
        };
    }

    /// <summary>Draws the command of one rollout.</summary>
    private protected abstract BendCommand DrawCommand(Philox random);

    internal void Observe(HumanoidExpert expert, HumanoidRollout rollout, Span<float> observation)
    {
        Span<double> tangent = stackalloc double[TangentSize];
        expert.Robot.Model.DifferentiatePosition(MiddlePose(expert), rollout.Position, tangent);
        for (int i = 0; i < TangentSize; i++)
            (observation[i], observation[TangentSize + i]) = ((float)tangent[i], (float)rollout.Velocity[i]);
        if (Settings.ObservesCommand)
            observation[^1] = (float)rollout.Bend;
    }

    internal RolloutStart DrawStart(HumanoidExpert expert, Philox stream)
    {
        var random = stream.Split("start");
        var command = DrawCommand(random);
        double[] position = new double[PositionSize], velocity = new double[TangentSize];
        expert.Reference(command.At(0), position);
        double[] angles = new double[MotorCount];
        random.FillNormal(angles, 0, Settings.JointAngleNoise);
        for (int i = 0; i < MotorCount; i++)
            position[HumanoidRobot.RootPositions + i] += angles[i];
        random.FillNormal(velocity.AsSpan(0, 3), 0, Settings.RootVelocityNoise);
        random.FillNormal(velocity.AsSpan(HumanoidRobot.RootVelocities), 0, Settings.JointVelocityNoise);
        return new RolloutStart(position, velocity, command, stream);
    }

    private static double[] MiddlePose(HumanoidExpert expert) => expert.Points[expert.Points.Count / 2].Position;

    // Purposes have disjoint streams: no demonstration starts where an evaluation does, whatever the seeds.
    private Philox Stream(string purpose, int seed) => new Philox((ulong)seed).Split(Name).Split(purpose);
}
