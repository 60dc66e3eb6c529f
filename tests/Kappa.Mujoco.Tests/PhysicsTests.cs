namespace Kappa.Mujoco.Tests;

public sealed class PhysicsTests
{
    private const double Gravity = 9.81;

    [SkippableFact]
    public void A_body_in_free_fall_follows_the_closed_form_of_semi_implicit_Euler()
    {
        Requires.Mujoco();
        using var model = TinyModels.FreeBody();
        using var data = model.CreateData();
        data.Velocity[0] = 1.5;
        const int steps = 200;
        for (int i = 0; i < steps; i++)
            data.Step();
        double dt = model.Timestep, time = steps * dt;
        Assert.Equal(time, data.Time, 12);
        Assert.Equal(1.5 * time, data.Position[0], 12);
        Assert.Equal(-Gravity * time, data.Velocity[2], 10);
        Assert.Equal(2 - (Gravity * dt * dt * steps * (steps + 1) / 2), data.Position[2], 10);
    }

    [SkippableFact]
    public void A_pendulum_has_the_period_of_the_complete_elliptic_integral()
    {
        Requires.Mujoco();
        using var model = TinyModels.Pendulum();
        using var data = model.CreateData();
        const double amplitude = 1.2;
        data.Position[0] = amplitude;

        // Period = 4 sqrt(l / g) K(sin(amplitude / 2)), with K = pi / (2 agm(1, cos(amplitude / 2))).
        double a = 1, b = Math.Cos(amplitude / 2);
        while (Math.Abs(a - b) > 1e-15)
            (a, b) = ((a + b) / 2, Math.Sqrt(a * b));
        double expected = 4 * Math.Sqrt(0.8 / Gravity) * Math.PI / (2 * a);

        double previous = amplitude, firstCrossing = double.NaN, secondCrossing = double.NaN;
        while (double.IsNaN(secondCrossing) && data.Time < 5)
        {
            data.Step();
            double angle = data.Position[0];
            if (previous < 0 && angle >= 0)
            {
                double crossing = data.Time - (model.Timestep * angle / (angle - previous));
                (firstCrossing, secondCrossing) = double.IsNaN(firstCrossing) ? (crossing, double.NaN) : (firstCrossing, crossing);
            }
            previous = angle;
        }
        Assert.Equal(expected, secondCrossing - firstCrossing, 1e-6);
    }

    [SkippableFact]
    public void A_frictionless_pendulum_keeps_its_energy_and_a_damped_one_loses_it()
    {
        Requires.Mujoco();
        Assert.InRange(EnergyChange(damping: 0), -1e-9, 1e-9);
        Assert.InRange(EnergyChange(damping: 0.05), -15, -0.1);
    }

    [SkippableFact]
    public void Energies_are_those_of_a_point_mass()
    {
        Requires.Mujoco();
        using var model = TinyModels.Pendulum();
        using var data = model.CreateData();
        Assert.True(model.ComputesEnergy);
        data.Position[0] = 0.7;
        data.Velocity[0] = 1.1;
        data.Forward();
        Assert.Equal(-2 * Gravity * 0.8 * Math.Cos(0.7), data.PotentialEnergy, 9);
        Assert.Equal(0.5 * 2 * 0.64 * 1.21, data.KineticEnergy, 8);
        Assert.Equal(-Gravity / 0.8 * Math.Sin(0.7), data.Acceleration[0], 6);
    }

    [SkippableFact]
    public void Inverse_dynamics_undoes_forward_dynamics()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        using var data = model.CreateData();
        data.Position[0] = 0.4;
        data.Position[1] = -0.9;
        data.Velocity[1] = 1.3;
        data.Control[0] = 0.6;
        data.Control[1] = -0.2;
        data.Forward();
        data.Inverse();
        Assert.Equal(5 * 0.6, data.InverseForce[0], 9);
        Assert.Equal(2 * -0.2, data.InverseForce[1], 9);
        Assert.Equal([5, 0, 0, 2], data.ActuatorMoment.ToArray());
    }

    [SkippableFact]
    public void Positions_on_the_quaternion_manifold_integrate_and_differentiate_back()
    {
        Requires.Mujoco();
        using var model = TinyModels.FreeBody();
        double[] start = [0.1, -0.2, 2, 1, 0, 0, 0], end = [.. start], velocity = [1, 2, 3, 0.4, -0.5, 0.6], back = new double[6];
        model.IntegratePosition(end, velocity, 0.5);
        double angle = 0.5 * Math.Sqrt(0.16 + 0.25 + 0.36);
        Assert.Equal(Math.Cos(angle / 2), end[3], 12);
        Assert.Equal(2 + 1.5, end[2], 12);
        model.DifferentiatePosition(start, end, back, 0.5);
        for (int i = 0; i < velocity.Length; i++)
            Assert.Equal(velocity[i], back[i], 12);
    }

    private static double EnergyChange(double damping)
    {
        using var model = TinyModels.Pendulum(damping: damping);
        using var data = model.CreateData();
        data.Position[0] = 2.5;
        data.Forward();
        double before = data.PotentialEnergy + data.KineticEnergy;
        for (int i = 0; i < 5000; i++)
            data.Step();
        data.Forward();
        return data.PotentialEnergy + data.KineticEnergy - before;
    }
}
