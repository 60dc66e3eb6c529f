namespace Kappa.Mujoco;

public sealed unsafe partial class MujocoModel
{
    /// <summary>The velocity that leads from one position to another: (to minus from) / interval, quaternions on their manifold.</summary>
    /// <param name="from">Start, [nq].</param>
    /// <param name="to">End, [nq].</param>
    /// <param name="velocity">Result, [nv].</param>
    /// <param name="interval">Time between the two, in seconds; 1 gives the plain tangent-space difference.</param>
    /// <exception cref="ArgumentException">A length is wrong or a number is not finite.</exception>
    public void DifferentiatePosition(
        ReadOnlySpan<double> from, ReadOnlySpan<double> to, Span<double> velocity, double interval = 1)
    {
        Guard.Length(nameof(from), from.Length, PositionSize, "nq");
        Guard.Length(nameof(to), to.Length, PositionSize, "nq");
        Guard.Length(nameof(velocity), velocity.Length, VelocitySize, "nv");
        Guard.Positive(nameof(interval), interval);
        Guard.Finite(nameof(from), from);
        Guard.Finite(nameof(to), to);
        fixed (double* start = from, end = to, result = velocity)
            NativeMethods.DifferentiatePosition(Handle, result, interval, start, end);
    }

    /// <summary>Moves a position along a velocity: position plus interval times velocity, quaternions on their manifold.</summary>
    /// <param name="position">Start and result, [nq].</param>
    /// <param name="velocity">Velocity, [nv].</param>
    /// <param name="interval">Time, in seconds; may be negative.</param>
    /// <exception cref="ArgumentException">A length is wrong or a number is not finite.</exception>
    public void IntegratePosition(Span<double> position, ReadOnlySpan<double> velocity, double interval = 1)
    {
        Guard.Length(nameof(position), position.Length, PositionSize, "nq");
        Guard.Length(nameof(velocity), velocity.Length, VelocitySize, "nv");
        Guard.Finite(nameof(interval), [interval]);
        Guard.Finite(nameof(position), position);
        Guard.Finite(nameof(velocity), velocity);
        fixed (double* point = position, direction = velocity)
            NativeMethods.IntegratePosition(Handle, point, direction, interval);
    }
}
