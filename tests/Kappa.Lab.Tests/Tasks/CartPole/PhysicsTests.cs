namespace Kappa.Lab.Tests.Tasks.CartPole;

public sealed class PhysicsTests
{
    [SkippableFact]
    public void The_experts_model_is_the_physics_to_rounding()
    {
        Requires.Mujoco();
        using var data = CartPolePhysics.Model.CreateData();
        var random = new Philox(5);
        var state = new CartPoleState(0.2, 3, -0.3, 1.5);
        (data.Position[0], data.Position[1], data.Velocity[0], data.Velocity[1]) = (state.Place, state.Angle, state.Speed, state.Rotation);
        for (int step = 0; step < 100; step++)
        {
            double action = (2 * random.NextDouble()) - 1;
            data.Step([action]);
            state = CartPoleModel.Next(state, action);
            Assert.Equal(data.Position[0], state.Place, 1e-9);
            Assert.Equal(data.Position[1], state.Angle, 1e-9);
            Assert.Equal(data.Velocity[0], state.Speed, 1e-9);
            Assert.Equal(data.Velocity[1], state.Rotation, 1e-9);
        }
        Assert.Equal(CartPoleModel.Timestep, CartPolePhysics.Model.Timestep);
    }

    [Fact]
    public void Without_friction_and_force_energy_stays_as_the_rule_of_fourth_order_lets_it()
    {
        // The pole falls from nearly upright and gives its energy to friction alone: it never rises above where it began.
        var state = new CartPoleState(0, 0.05, 0, 0);
        double highest = -1;
        for (int step = 0; step < 500; step++)
        {
            state = CartPoleModel.Next(state, 0);
            if (step > 100)
                highest = Math.Max(highest, Math.Cos(state.Angle));
        }
        Assert.InRange(highest, 0.5, Math.Cos(0.05));
    }

    [Fact]
    public void The_curvature_of_the_cost_and_its_gradient_are_those_of_the_cost()
    {
        var state = new CartPoleState(-1.2, 2.5, 0.7, -3);
        double[] gradient = new double[4], curvature = new double[16];
        SwingUpCost.Add(state, gradient, curvature);
        const double small = 1e-6;
        CartPoleState[] shifts = [new(small, 0, 0, 0), new(0, small, 0, 0), new(0, 0, small, 0), new(0, 0, 0, small)];
        for (int i = 0; i < 4; i++)
        {
            double slope = (SwingUpCost.Of(state + shifts[i], 0.3) - SwingUpCost.Of(state + (-1 * shifts[i]), 0.3)) / (2 * small);
            Assert.Equal(slope, gradient[i], 1e-5);
            Assert.True(curvature[5 * i] >= 0);
        }
    }
}
