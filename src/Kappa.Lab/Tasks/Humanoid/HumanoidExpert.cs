namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The demonstrator: set-points ordered by bend, interpolated linearly between neighbours (quaternion renormalised), and the clipped
/// linear feedback u = clip(u0(b) - K(b) [q - q0(b); v], -1, 1). Immutable; threads may share it.</summary>
internal sealed class HumanoidExpert(HumanoidRobot robot, SetPoint[] points)
{
    private readonly int _velocities = robot.Model.VelocitySize;

    public HumanoidRobot Robot => robot;

    public IReadOnlyList<SetPoint> Points => points;

    /// <summary>The commanded pose at a bend, [28].</summary>
    public void Reference(double bend, Span<double> position)
    {
        var (index, weight) = Interval(bend);
        double[] low = points[index].Position, high = points[Math.Min(index + 1, points.Length - 1)].Position;
        for (int i = 0; i < position.Length; i++)
            position[i] = ((1 - weight) * low[i]) + (weight * high[i]);
        var quaternion = position[3..HumanoidRobot.RootPositions];
        double norm = Math.Sqrt(SumOfSquares(quaternion));
        foreach (ref double part in quaternion)
            part /= norm;
    }

    /// <summary>The root mean square over the 27 tangent-space differences of two positions: m for the root's place, rad for the rest.</summary>
    internal double Distance(double[] position, double[] reference)
    {
        Span<double> difference = stackalloc double[_velocities];
        robot.Model.DifferentiatePosition(reference, position, difference);
        return Math.Sqrt(SumOfSquares(difference) / difference.Length);
    }

    /// <summary>Torso height of the commanded pose, in m.</summary>
    public double ReferenceHeight(double bend)
    {
        var (index, weight) = Interval(bend);
        return ((1 - weight) * points[index].Position[2])
            + (weight * points[Math.Min(index + 1, points.Length - 1)].Position[2]);
    }

    /// <summary>The clean, clipped action in a state, [21].</summary>
    public void Act(double bend, ReadOnlySpan<double> position, ReadOnlySpan<double> velocity, Span<double> action)
    {
        Span<double> reference = stackalloc double[position.Length], state = stackalloc double[2 * _velocities];
        Reference(bend, reference);
        robot.Model.DifferentiatePosition(reference, position, state[.._velocities]);
        velocity.CopyTo(state[_velocities..]);

        var (index, weight) = Interval(bend);
        action.Clear();
        Accumulate(points[index], 1 - weight, state, action);
        if (weight > 0)
            Accumulate(points[index + 1], weight, state, action);
        foreach (ref double control in action)
            control = Math.Clamp(control, -1, 1);
    }

    private static void Accumulate(SetPoint point, double weight, ReadOnlySpan<double> state, Span<double> action)
    {
        for (int row = 0; row < action.Length; row++)
        {
            var gain = point.Gain.AsSpan(row * state.Length, state.Length);
            double control = point.Control[row];
            for (int i = 0; i < gain.Length; i++)
                control -= gain[i] * state[i];
            action[row] += weight * control;
        }
    }

    private static double SumOfSquares(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value * value;
        return sum;
    }

    private (int Index, double Weight) Interval(double bend)
    {
        if (points.Length == 1)
            return (0, 0);
        double first = points[0].Bend, last = points[^1].Bend;
        double place = Math.Clamp((bend - first) / (last - first), 0, 1) * (points.Length - 1);
        int index = Math.Min((int)place, points.Length - 2);
        return (index, place - index);
    }
}
