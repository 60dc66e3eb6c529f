namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>
/// One rollout under way. It holds the whole integration state, so that any simulation object can take its next step and the result does not
/// depend on which one, or on which thread.
/// </summary>
internal sealed class HumanoidRollout
{
    /// <summary>Fraction of the commanded pose's torso height below which the humanoid has fallen.</summary>
    public const double FallenHeight = 0.8;

    // Scale of the pose error in the return, in rad.
    private const double ReturnScale = 0.1;

    private readonly HumanoidExpert _expert;
    private readonly BendCommand _command;
    private readonly ControlNoise _noise;
    private readonly double[] _warmStart;
    private readonly double[] _control;
    private readonly double _timestep;

    public HumanoidRollout(HumanoidExpert expert, RolloutStart start, double noise)
    {
        var model = expert.Robot.Model;
        _expert = expert;
        _command = start.Command;
        _timestep = model.Timestep;
        _noise = new ControlNoise(start.Noise, model.ControlSize, noise, _timestep);
        _warmStart = new double[model.VelocitySize];
        _control = new double[model.ControlSize];
        Position = [.. start.Position];
        Velocity = [.. start.Velocity];
    }

    public double[] Position { get; }

    public double[] Velocity { get; }

    public int Steps { get; private set; }

    /// <summary>Why the rollout ended; Survived while it goes on.</summary>
    public RolloutEnding Ending { get; private set; }

    public bool IsAlive => Ending == RolloutEnding.Survived;

    public double Seconds => Steps * _timestep;

    /// <summary>The commanded bend now.</summary>
    public double Bend => _command.At(Seconds);

    public double Return { get; private set; }

    public double DeviationSum { get; private set; }

    /// <summary>Takes one step under the expert.</summary>
    /// <param name="data">Any simulation object of this model.</param>
    /// <param name="action">Where the clean action goes, [21].</param>
    public void AdvanceExpert(MujocoData data, Span<double> action)
    {
        _expert.Act(Bend, Position, Velocity, action);
        Advance(data, action);
    }

    /// <summary>Takes one step under a policy's action; an action that is not finite ends the rollout.</summary>
    /// <param name="data">Any simulation object of this model.</param>
    /// <param name="output">The policy's action, [21].</param>
    public void AdvancePolicy(MujocoData data, ReadOnlySpan<float> output)
    {
        Span<double> action = stackalloc double[output.Length], clean = stackalloc double[output.Length];
        for (int i = 0; i < output.Length; i++)
        {
            if (!float.IsFinite(output[i]))
            {
                Ending = RolloutEnding.NonFiniteAction;
                return;
            }
            action[i] = Math.Clamp((double)output[i], -1, 1);
        }
        _expert.Act(Bend, Position, Velocity, clean);
        DeviationSum += RootMeanSquare(action, clean);
        Advance(data, action);
    }

    /// <summary>Root mean square error of the joint angles against the commanded pose at a time, in rad.</summary>
    public double PoseError(ReadOnlySpan<double> position, double time)
    {
        Span<double> reference = stackalloc double[position.Length];
        _expert.Reference(_command.At(time), reference);
        return RootMeanSquare(position[HumanoidRobot.RootPositions..], reference[HumanoidRobot.RootPositions..]);
    }

    /// <summary>Absolute error of the torso's height against the commanded pose at a time, in m.</summary>
    public double HeightError(ReadOnlySpan<double> position, double time) =>
        Math.Abs(position[2] - _expert.ReferenceHeight(_command.At(time)));

    private void Advance(MujocoData data, ReadOnlySpan<double> action)
    {
        Position.CopyTo(data.Position);
        Velocity.CopyTo(data.Velocity);
        _warmStart.CopyTo(data.WarmStart);
        _noise.Apply(action, _control);
        data.Step(_control);
        Steps++;
        if (data.HasDiverged)
        {
            data.Reset();
            Ending = RolloutEnding.Diverged;
            return;
        }
        data.Position.CopyTo(Position);
        data.Velocity.CopyTo(Velocity);
        data.WarmStart.CopyTo(_warmStart);

        // Position[2] is the torso's height now; the body positions in the data belong to the step's start.
        if (Position[2] < FallenHeight * _expert.ReferenceHeight(Bend))
        {
            Ending = RolloutEnding.Fell;
            return;
        }
        double error = PoseError(Position, Seconds) / ReturnScale;
        Return += _timestep * Math.Exp(-0.5 * error * error);
    }

    private static double RootMeanSquare(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += (left[i] - right[i]) * (left[i] - right[i]);
        return Math.Sqrt(sum / left.Length);
    }
}
