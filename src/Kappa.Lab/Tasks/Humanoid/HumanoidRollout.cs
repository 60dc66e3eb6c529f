namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>One rollout under way. It holds the whole integration state, so that any simulation object can take its next step and the result does not
/// depend on which one, or on which thread.</summary>
internal sealed class HumanoidRollout
{
    /// <summary>Fraction of the commanded pose's torso height below which the humanoid has fallen.</summary>
    private const double FallenHeight = 0.8;

    // Scale of the pose error in the return, in rad.
    private const double ReturnScale = 0.1;

    private readonly HumanoidExpert _expert;
    private readonly ControlNoise _noise;
    private readonly double[] _warmStart;
    private readonly double[] _control;
    private readonly double _timestep;
    private readonly int[] _horizons;
    private readonly List<double[]> _positions = [];

    /// <summary>Begins a rollout that remembers its position at some steps, in rising order.</summary>
    internal HumanoidRollout(HumanoidExpert expert, RolloutStart start, double noise, params int[] horizons)
    {
        var model = expert.Robot.Model;
        (Start, _expert, _horizons, _timestep) = (start, expert, horizons, model.Timestep);
        _noise = new ControlNoise(start.Noise, model.ControlSize, noise, _timestep);
        _warmStart = new double[model.VelocitySize];
        _control = new double[model.ControlSize];
        Position = [.. start.Position];
        Velocity = [.. start.Velocity];
    }

    internal RolloutStart Start { get; }

    internal double[] Position { get; }

    internal double[] Velocity { get; }

    internal int Steps { get; private set; }

    /// <summary>Why the rollout ended; Survived while it goes on.</summary>
    internal RolloutEnding Ending { get; private set; }

    internal bool IsAlive => Ending == RolloutEnding.Survived;

    internal double Seconds => Steps * _timestep;

    /// <summary>The commanded bend now.</summary>
    internal double Bend => Start.Command.At(Seconds);

    internal double Return { get; private set; }

    internal double DeviationSum { get; private set; }

    /// <summary>The position at a horizon, [28]; one that has ended stays where it was.</summary>
    internal double[] PositionAt(int horizon) => horizon < _positions.Count ? _positions[horizon] : Position;

    /// <summary>Takes one step under the expert, whose clean action goes to <paramref name="action"/>, [21].</summary>
    internal void AdvanceExpert(MujocoData data, Span<double> action)
    {
        _expert.Act(Bend, Position, Velocity, action);
        Advance(data, action);
    }

    /// <summary>Takes one step under a policy's action, [21]; one that is not finite ends the rollout.</summary>
    internal void AdvancePolicy(MujocoData data, ReadOnlySpan<float> output)
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
    internal double PoseError(ReadOnlySpan<double> position, double time)
    {
        Span<double> reference = stackalloc double[position.Length];
        _expert.Reference(Start.Command.At(time), reference);
        return RootMeanSquare(position[HumanoidRobot.RootPositions..], reference[HumanoidRobot.RootPositions..]);
    }

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
        if (_positions.Count < _horizons.Length && Steps == _horizons[_positions.Count])
            _positions.Add([.. Position]);
    }

    private static double RootMeanSquare(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += (left[i] - right[i]) * (left[i] - right[i]);
        return Math.Sqrt(sum / left.Length);
    }
}
