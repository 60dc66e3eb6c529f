namespace Kappa.Lab.Tasks.CartPole;

/// <summary>The equations of motion of the model file, integrated as MuJoCo integrates them, by Runge and Kutta's fourth-order rule: what the expert plans
/// with, some hundred times as fast as a call into the library.</summary>
/// <remarks>
/// <para>With cart mass M, pole mass m, distance l from hinge to the pole's centre and its inertia I there, place x, angle t from upright and force F:</para>
/// <code>
/// (M + m) x'' + m l cos(t) t'' = F - c x' + m l sin(t) t'^2
/// m l cos(t) x'' + (I + m l^2) t'' = m g l sin(t) - d t'
/// </code>
/// </remarks>
internal static class CartPoleModel
{
    /// <summary>A step of physics and of control, in s: 50 Hz.</summary>
    internal const double Timestep = 0.02;

    /// <summary>Half the length of the track, in m; whoever leaves it has failed.</summary>
    internal const double Track = 1.4;

    /// <summary>From hinge to tip, in m.</summary>
    internal const double PoleLength = 1;

    /// <summary>m l, in kg m.</summary>
    internal const double Coupling = PoleMass * Center;

    /// <summary>I + m l^2, in kg m^2.</summary>
    internal const double HingeInertia = PoleInertia + (PoleMass * Center * Center);

    internal const double Gravity = 9.81;

    private const double CartMass = 1;
    private const double PoleMass = 0.2;
    private const double Center = 0.5;
    private const double PoleInertia = 0.0167;
    private const double CartDamping = 0.1;
    private const double PoleDamping = 0.002;

    /// <summary>Force of an action of 1, in N.</summary>
    internal const double Force = 8;

    /// <summary>The state a step later, under an action of [-1, 1].</summary>
    internal static CartPoleState Next(CartPoleState state, double action)
    {
        double force = Force * action;
        var first = Derivative(state, force);
        var second = Derivative(state + ((Timestep / 2) * first), force);
        var third = Derivative(state + ((Timestep / 2) * second), force);
        var fourth = Derivative(state + (Timestep * third), force);
        return state + ((Timestep / 6) * (first + (2 * second) + (2 * third) + fourth));
    }

    private static CartPoleState Derivative(CartPoleState state, double force)
    {
        const double Mass = CartMass + PoleMass;
        var (sine, cosine) = Math.SinCos(state.Angle);
        double push = force - (CartDamping * state.Speed) + (Coupling * sine * state.Rotation * state.Rotation);
        double torque = (Coupling * Gravity * sine) - (PoleDamping * state.Rotation);
        double coupling = Coupling * cosine, determinant = (Mass * HingeInertia) - (coupling * coupling);
        return new(
            state.Speed, state.Rotation, ((HingeInertia * push) - (coupling * torque)) / determinant, ((Mass * torque) - (coupling * push)) / determinant);
    }
}
