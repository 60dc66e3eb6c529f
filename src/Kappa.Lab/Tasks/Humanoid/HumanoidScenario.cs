namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>A task for a simulated humanoid with 21 motors: an expert demonstrates it, a policy is trained on the demonstrations and then let loose.</summary>
/// <remarks>
/// <para>The simulation steps at 200 Hz. An observation is [tangent-space position difference from the scenario's middle pose, 27;
/// velocity, 27; commanded bend, 1 where the scenario has several]; an action is 21 motor commands in [-1, 1].</para>
/// <para>The expert is a clipped linear feedback around equilibrium poses (a linear-quadratic regulator on the dynamics that MuJoCo
/// linearises), after DeepMind's humanoid-balancing tutorial for MuJoCo (2022). It is designed on first use and shared by
/// all scenarios of a process with the same bends. All members may be used from several threads at once.</para>
/// </remarks>
/// <param name="name">Short name, which the random streams depend on.</param>
/// <param name="modelPath">Path of humanoid.xml, or null to search as <see cref="HumanoidModelFile.Locate(string?)"/> does. MuJoCo is loaded on first
/// use.</param>
/// <param name="bends">Bends of the expert's set-points, evenly spaced, in rad.</param>
/// <param name="jointAngleNoise">Standard deviation of the initial joint angles around the commanded pose, in rad.</param>
/// <param name="rootVelocityNoise">Standard deviation of the root's initial velocity, in m/s on each axis.</param>
/// <param name="drawCommand">Draws the command of one rollout.</param>
internal sealed partial class HumanoidScenario(
    string name, string? modelPath, double[] bends, double jointAngleNoise, double rootVelocityNoise, Func<Philox, BendCommand> drawCommand)
{
    internal const int MotorCount = 21;
    internal const int TangentSize = 27;
    internal const int PositionSize = 28;

    // Standard deviation of the joints' initial velocities, in rad/s.
    private const double JointVelocityNoise = 0.1;

    private readonly Remembered<RolloutOptions, EvaluationSet> _evaluationSets = new();

    internal string Name => name;

    /// <summary>Numbers in one observation.</summary>
    internal int ObservationSize => (2 * TangentSize) + (bends.Length > 1 ? 1 : 0);

    /// <summary>The expert, designed now where it is not yet.</summary>
    /// <exception cref="MujocoException">libmujoco 2.2.2 is unavailable; the message names the package to install.</exception>
    /// <exception cref="FileNotFoundException">The humanoid model is not there; the message names the package to install.</exception>
    internal HumanoidExpert Expert => ExpertRegistry.Get(modelPath, bends);

    /// <summary>Stand on two feet, slightly bent, and stay up after a disturbed start. Observations have 54 numbers.</summary>
    /// <remarks>A stiff expert: its gains reach 25. Of the starts drawn it survives 93% without noise and 91% with it (200 and more tried); only those are
    /// used.</remarks>
    internal static HumanoidScenario TwoFeetBalance(string? modelPath = null) => new("two-feet-balance", modelPath, [0.1], 0.03, 0.1, _ => new(0.1, 0, 0, 0));

    /// <summary>Follow a squat command: a bend that oscillates at a random frequency, amplitude and phase around the middle of its range. Observations have 55
    /// numbers, the last of them the commanded bend.</summary>
    /// <remarks>The expert survives every start drawn, with noise and without (100 tried).</remarks>
    internal static HumanoidScenario SquatTracking(string? modelPath = null)
    {
        const double Least = 0.05, Greatest = 0.8, LeastAmplitude = 0.1;
        const int SetPoints = 21;
        double[] bends = [.. Enumerable.Range(0, SetPoints).Select(i => Least + ((Greatest - Least) * i / (SetPoints - 1)))];
        return new("squat-tracking", modelPath, bends, 0.02, 0.05, random =>
        {
            double center = (Least + Greatest) / 2;
            double amplitude = LeastAmplitude + (random.NextDouble() * (Greatest - center - LeastAmplitude));
            double frequency = 0.12 + (random.NextDouble() * (0.4 - 0.12));
            return new BendCommand(center, amplitude, frequency, Math.Tau * random.NextDouble());
        });
    }

    /// <summary>The expert as a policy of the observation alone, whose actions are the demonstrations' labels to the rounding of a float observation.</summary>
    internal PolicyFunction ExpertPolicy()
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
                expert.Act(bends.Length > 1 ? observation[^1] : bends[0], position, velocity, action);
                for (int i = 0; i < MotorCount; i++)
                    actions[(row * MotorCount) + i] = (float)action[i];
            }
        };
    }

    internal RolloutStart DrawStart(HumanoidExpert expert, Philox stream)
    {
        var random = stream.Split("start");
        var command = drawCommand(random);
        double[] position = new double[PositionSize], velocity = new double[TangentSize];
        expert.Reference(command.At(0), position);
        double[] angles = new double[MotorCount];
        random.FillNormal(angles, 0, jointAngleNoise);
        for (int i = 0; i < MotorCount; i++)
            position[HumanoidRobot.RootPositions + i] += angles[i];
        random.FillNormal(velocity.AsSpan(0, 3), 0, rootVelocityNoise);
        random.FillNormal(velocity.AsSpan(HumanoidRobot.RootVelocities), 0, JointVelocityNoise);
        return new RolloutStart(position, velocity, command, stream);
    }

    private void Observe(HumanoidExpert expert, HumanoidRollout rollout, Span<float> observation)
    {
        Span<double> tangent = stackalloc double[TangentSize];
        expert.Robot.Model.DifferentiatePosition(MiddlePose(expert), rollout.Position, tangent);
        for (int i = 0; i < TangentSize; i++)
            (observation[i], observation[TangentSize + i]) = ((float)tangent[i], (float)rollout.Velocity[i]);
        if (bends.Length > 1)
            observation[^1] = (float)rollout.Bend;
    }

    private static double[] MiddlePose(HumanoidExpert expert) => expert.Points[expert.Points.Count / 2].Position;

    // Purposes have disjoint streams: no demonstration starts where an evaluation does, whatever the seeds.
    private Philox Stream(string purpose, int seed) => new Philox((ulong)seed).Split(name).Split(purpose);
}
