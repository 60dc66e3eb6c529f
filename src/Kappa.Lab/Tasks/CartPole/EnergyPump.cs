namespace Kappa.Lab.Tasks.CartPole;

/// <summary>Swings the pole higher and higher: a cart that accelerates against the pole's swing gives it energy until it has that of standing upright (Astrom
/// and Furuta, 2000). What the expert's first plan begins with.</summary>
internal static class EnergyPump
{
    private const double Gain = 4;
    private const double PlaceGain = 0.3;
    private const double SpeedGain = 0.2;

    internal static double Act(CartPoleState state)
    {
        double cosine = Math.Cos(state.Angle);
        double energy = (0.5 * CartPoleModel.HingeInertia * state.Rotation * state.Rotation)
            + (CartPoleModel.Coupling * CartPoleModel.Gravity * (cosine - 1));
        return Math.Clamp((Gain * energy * state.Rotation * cosine) - (PlaceGain * state.Place) - (SpeedGain * state.Speed), -1, 1);
    }
}
