namespace Kappa.Lab.Tests.Tasks.Humanoid;

public sealed class ExpertTests
{
    [SkippableFact]
    public void The_standing_pose_needs_no_outside_force_and_little_control()
    {
        Requires.Humanoid();
        var expert = HumanoidScenario.TwoFeetBalance().Expert;
        var point = Assert.Single(expert.Points);
        using var data = expert.Robot.Model.CreateData();
        point.Position.CopyTo(data.Position);
        data.Inverse();
        Assert.All(data.InverseForce[2..5].ToArray(), f => Assert.InRange(f, -1e-6, 1e-6));
        Assert.Equal(8, data.ContactCount);
        Assert.Equal(1.281, point.Position[2], 1e-3);
        Assert.True(point.Control.Max(Math.Abs) <= 0.271);

        // The equilibrium control holds the pose: it accelerates nothing.
        data.Reset();
        point.Position.CopyTo(data.Position);
        point.Control.CopyTo(data.Control);
        data.Forward();
        Assert.All(data.Acceleration.ToArray(), a => Assert.InRange(a, -1e-2, 1e-2));
    }

    [SkippableFact]
    public void The_feedback_solves_the_Riccati_equation_and_stabilises_the_linear_model()
    {
        Requires.Humanoid();
        var expert = HumanoidScenario.TwoFeetBalance().Expert;
        var point = expert.Points[0];
        using var data = expert.Robot.Model.CreateData();
        var (a, b, q, r) = ExpertDesign.Problem(expert.Robot, data, point.Position, point.Control);
        var p = Riccati.Solve(a, b, q, r)!;
        Assert.True(RegulatorTests.Residual(a, b, q, r, p) < 1e-9);
        var gain = Riccati.Gain(a, b, r, p);
        Assert.Equal(gain.ToRowMajorArray(), point.Gain);
        Assert.Equal(25, point.Gain.Max(Math.Abs), 1.0);
        Assert.True((a - (b * gain)).Evd().EigenValues.Max(e => e.Magnitude) < 1);
        Assert.True(a.Evd().EigenValues.Max(e => e.Magnitude) > 1, "standing should be unstable without feedback");
    }

    [SkippableFact]
    public void Between_set_points_pose_and_action_are_interpolated()
    {
        Requires.Humanoid();
        var expert = HumanoidScenario.SquatTracking().Expert;
        Assert.Equal(21, expert.Points.Count);
        SetPoint low = expert.Points[7], high = expert.Points[8];
        double bend = (0.75 * low.Bend) + (0.25 * high.Bend);
        double[] position = new double[28], action = new double[21];
        expert.Reference(bend, position);
        for (int i = 7; i < 28; i++)
            Assert.Equal((0.75 * low.Position[i]) + (0.25 * high.Position[i]), position[i], 12);
        Assert.Equal(1, position[3..7].Sum(c => c * c), 12);
        Assert.Equal(position[2], expert.ReferenceHeight(bend), 12);
        expert.Act(bend, position, new double[27], action);
        for (int i = 0; i < 21; i++)
            Assert.Equal((0.75 * low.Control[i]) + (0.25 * high.Control[i]), action[i], 9);
        Assert.True(expert.Points[0].Position[2] - expert.Points[^1].Position[2] > 0.2, "a squat should lower the torso by 20 cm");
    }

    [SkippableFact]
    public void All_set_points_stand_on_the_same_spot()
    {
        Requires.Humanoid();
        var expert = HumanoidScenario.SquatTracking().Expert;
        using var data = expert.Robot.Model.CreateData();
        foreach (var point in expert.Points)
        {
            data.Reset();
            point.Position.CopyTo(data.Position);
            data.Forward();
            double[] feet = [.. expert.Robot.Feet.Select(f => data.BodyPosition[3 * f])];
            Assert.Equal(0, feet.Average(), 1e-9);
        }
    }

    [Fact]
    public void Control_noise_has_its_variance_and_memory()
    {
        var noise = new ControlNoise(new Kappa.Randomness.Philox(3), 50, 0.05, 0.005);
        double[] zero = new double[50], previous = new double[50], value = new double[50];
        double variance = 0, covariance = 0;
        noise.Apply(zero, previous);
        const int steps = 20_000;
        for (int i = 0; i < steps; i++)
        {
            noise.Apply(zero, value);
            for (int j = 0; j < 50; j++)
            {
                variance += value[j] * value[j];
                covariance += value[j] * previous[j];
            }
            (previous, value) = (value, previous);
        }

        // The effective sample is steps * channels * dt / (2 * time constant): 25,000, so 1% is about one standard error and 4% is four.
        Assert.Equal(0.0025, variance / (steps * 50), 0.0001);
        Assert.Equal(Math.Exp(-0.05), covariance / variance, 2e-3);
    }
}
