namespace Kappa.Lab.Tasks.CartPole;

/// <summary>What the expert minimises: half the squares of some residuals, summed over its horizon.</summary>
/// <remarks>The angle counts by 4 sin^2(t/2) = 2 (1 - cos t), which knows no turns, and is a square, so that Gauss and Newton's curvature is never
/// negative.</remarks>
internal static class SwingUpCost
{
    /// <summary>Weight of the square of the action.</summary>
    internal const double Action = 0.05;

    private const double Angle = 1;
    private const double Place = 0.5;
    private const double Speed = 0.02;
    private const double Rotation = 0.02;

    // From this place on the end of the track is felt, in m.
    private const double Margin = CartPoleModel.Track - 0.35;
    private const double EndOfTrack = 200;

    // What comes after the horizon, as a multiple of a step's cost.
    private const double Last = 20;

    /// <summary>The cost of a step.</summary>
    internal static double Of(CartPoleState state, double action) => 0.5 * (Squares(state) + (Action * action * action));

    /// <summary>The cost of the state at the horizon, which stands for all that comes after it.</summary>
    internal static double OfLast(CartPoleState state) => 0.5 * Last * Squares(state);

    /// <summary>Adds the gradient, [4], and the Gauss-Newton curvature, [4, 4], of a step's cost by the state.</summary>
    internal static void Add(CartPoleState state, Span<double> gradient, Span<double> curvature) => Add(state, 1, gradient, curvature);

    /// <summary>The same of the cost at the horizon.</summary>
    internal static void AddLast(CartPoleState state, Span<double> gradient, Span<double> curvature) => Add(state, Last, gradient, curvature);

    private static void Add(CartPoleState state, double scale, Span<double> gradient, Span<double> curvature)
    {
        var (sine, cosine) = Math.SinCos(state.Angle / 2);
        double beyond = Beyond(state);
        gradient[0] += scale * ((Place * state.Place) + (EndOfTrack * beyond * Math.Sign(state.Place)));
        gradient[1] += scale * Angle * 2 * sine * cosine;
        gradient[2] += scale * Speed * state.Speed;
        gradient[3] += scale * Rotation * state.Rotation;
        curvature[0] += scale * (Place + (beyond > 0 ? EndOfTrack : 0));
        curvature[5] += scale * Angle * cosine * cosine;
        curvature[10] += scale * Speed;
        curvature[15] += scale * Rotation;
    }

    private static double Squares(CartPoleState state)
    {
        double sine = 2 * Math.Sin(state.Angle / 2), beyond = Beyond(state);
        return (Angle * sine * sine) + (Place * state.Place * state.Place) + (Speed * state.Speed * state.Speed)
            + (Rotation * state.Rotation * state.Rotation) + (EndOfTrack * beyond * beyond);
    }

    private static double Beyond(CartPoleState state) => Math.Max(0, Math.Abs(state.Place) - Margin);
}
