namespace Kappa.Lab.Tasks.CartPole;

/// <summary>Where a cart-pole is and how it moves.</summary>
/// <param name="Place">Place of the cart along the track, in m; 0 in the middle.</param>
/// <param name="Angle">Angle of the pole from upright, in rad; positive leans towards positive places. Not wrapped.</param>
/// <param name="Speed">Speed of the cart, in m/s.</param>
/// <param name="Rotation">Angular velocity of the pole, in rad/s.</param>
internal readonly record struct CartPoleState(double Place, double Angle, double Speed, double Rotation)
{
    internal bool IsFinite => double.IsFinite(Place) && double.IsFinite(Angle) && double.IsFinite(Speed) && double.IsFinite(Rotation);

    public static CartPoleState operator +(CartPoleState one, CartPoleState other) =>
        new(one.Place + other.Place, one.Angle + other.Angle, one.Speed + other.Speed, one.Rotation + other.Rotation);

    public static CartPoleState operator *(double factor, CartPoleState state) =>
        new(factor * state.Place, factor * state.Angle, factor * state.Speed, factor * state.Rotation);
}
