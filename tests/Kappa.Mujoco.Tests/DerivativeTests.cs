namespace Kappa.Mujoco.Tests;

public sealed class DerivativeTests
{
    [SkippableFact]
    public void Transition_matrices_equal_central_differences_of_a_step()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        using var data = model.CreateData();
        double[] state = [0.4, -0.9, 0.3, 1.3], control = [0.2, -0.1];
        double[] a = new double[16], b = new double[8];
        Load(data, state, control);
        data.TransitionFiniteDifference(a, b);
        double[] after = [.. data.Position, .. data.Velocity];
        Assert.Equal(state, after);

        const double eps = 1e-5;
        for (int column = 0; column < 6; column++)
        {
            double[] plus = Next(data, state, control, column, eps), minus = Next(data, state, control, column, -eps);
            for (int row = 0; row < 4; row++)
            {
                double expected = (plus[row] - minus[row]) / (2 * eps);
                double actual = column < 4 ? a[(row * 4) + column] : b[(row * 2) + column - 4];
                Assert.Equal(expected, actual, 1e-7);
            }
        }
    }

    [SkippableFact]
    public void The_pendulums_transition_matrix_has_its_closed_form()
    {
        Requires.Mujoco();
        using var model = TinyModels.Pendulum("Euler", timestep: 0.01);
        using var data = model.CreateData();
        data.Position[0] = 0.6;
        double[] a = new double[4], b = new double[2];
        data.TransitionFiniteDifference(a, b);

        // Semi-implicit Euler: v' = v + h (-(g / l) sin q + u / (m l^2)); q' = q + h v'.
        const double h = 0.01;
        double stiffness = -9.81 / 0.8 * Math.Cos(0.6), gain = 1 / (2 * 0.64);
        double[] expected = [1 + (h * h * stiffness), h, h * stiffness, 1];
        for (int i = 0; i < 4; i++)
            Assert.Equal(expected[i], a[i], 1e-7);
        Assert.Equal(h * h * gain, b[0], 1e-7);
        Assert.Equal(h * gain, b[1], 1e-7);
    }

    [SkippableFact]
    public void Centre_of_mass_Jacobians_equal_central_differences()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        using var data = model.CreateData();
        int lower = model.IndexOf(MujocoObject.Body, "lower");
        double[] state = [0.4, -0.9, 0, 0], subtree = new double[6], body = new double[6];
        Load(data, state, [0, 0]);
        data.Forward();
        data.SubtreeCenterOfMassJacobian(0, subtree);
        data.BodyCenterOfMassJacobian(lower, body);
        const double eps = 1e-6;
        for (int column = 0; column < 2; column++)
        {
            var (wholePlus, lowerPlus) = Centres(eps);
            var (wholeMinus, lowerMinus) = Centres(-eps);
            for (int row = 0; row < 3; row++)
            {
                Assert.Equal((wholePlus[row] - wholeMinus[row]) / (2 * eps), subtree[(row * 2) + column], 1e-8);
                Assert.Equal((lowerPlus[row] - lowerMinus[row]) / (2 * eps), body[(row * 2) + column], 1e-8);
            }

            (double[] Whole, double[] Lower) Centres(double change)
            {
                double[] moved = [.. state];
                moved[column] += change;
                Load(data, moved, [0, 0]);
                data.Forward();
                // The lower body is a leaf: its subtree's centre of mass is its own.
                return (data.SubtreeCenterOfMass[..3].ToArray(), data.SubtreeCenterOfMass.Slice(3 * lower, 3).ToArray());
            }
        }
    }

    [SkippableFact]
    public void Derivatives_of_a_Runge_Kutta_model_are_refused()
    {
        Requires.Mujoco();
        using var model = TinyModels.Pendulum("RK4");
        using var data = model.CreateData();
        _ = Assert.Throws<NotSupportedException>(() => data.TransitionFiniteDifference(new double[4], new double[2]));
    }

    private static void Load(MujocoData data, double[] state, double[] control)
    {
        data.Reset();
        state.AsSpan(0, 2).CopyTo(data.Position);
        state.AsSpan(2, 2).CopyTo(data.Velocity);
        control.CopyTo(data.Control);
    }

    private static double[] Next(MujocoData data, double[] state, double[] control, int variable, double change)
    {
        double[] moved = [.. state], input = [.. control];
        if (variable < 4)
            moved[variable] += change;
        else
            input[variable - 4] += change;
        Load(data, moved, input);
        data.Step();
        return [.. data.Position, .. data.Velocity];
    }
}
