namespace Kappa.Mujoco.Tests;

public sealed class SafetyTests
{
    [SkippableTheory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e11)]
    public void A_bad_control_is_refused_with_its_index(double value)
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        using var data = model.CreateData();
        data.Control[1] = value;
        Assert.Contains("Control[1]", Assert.Throws<ArgumentException>(data.Step).Message, StringComparison.Ordinal);
        Assert.Contains("control[0]", Assert.Throws<ArgumentException>(() => data.Step([value, 0])).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Wrong_lengths_are_refused_with_what_was_expected()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        using var data = model.CreateData();
        Assert.Contains("3 elements, expected 2", Assert.Throws<ArgumentException>(() => data.Step(new double[3])).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => data.TransitionFiniteDifference(new double[15], new double[8]));
        _ = Assert.Throws<ArgumentException>(() => data.SubtreeCenterOfMassJacobian(0, new double[5]));
        _ = Assert.Throws<ArgumentException>(() => model.DifferentiatePosition(new double[2], new double[3], new double[2]));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => data.SubtreeCenterOfMassJacobian(3, new double[6]));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => data.Reset(0));
    }

    [SkippableFact]
    public void A_bad_state_is_refused_where_MuJoCo_would_not_check_it()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        using var data = model.CreateData();
        data.Velocity[1] = double.NaN;
        Assert.Contains("Velocity[1]", Assert.Throws<ArgumentException>(data.Forward).Message, StringComparison.Ordinal);
        Assert.Contains("Velocity[1]", Assert.Throws<ArgumentException>(data.Inverse).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Divergence_is_reported_although_MuJoCo_resets_the_state()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        using var data = model.CreateData();
        data.Step();
        Assert.False(data.HasDiverged);
        data.Velocity[0] = double.NaN;
        data.Step();
        Assert.True(double.IsFinite(data.Velocity[0]));
        Assert.True(data.HasDiverged);
        Assert.Equal(1, data.WarningCount(MujocoWarning.BadVelocity));
        data.Reset();
        Assert.False(data.HasDiverged);
    }

    [SkippableFact]
    public void An_unstable_simulation_is_reported_as_diverged()
    {
        Requires.Mujoco();
        using var model = TinyModels.Pendulum("Euler", timestep: 0.01);
        using var data = model.CreateData();
        data.AppliedForce[0] = 1e10;
        for (int i = 0; i < 1000 && !data.HasDiverged; i++)
            data.Step();
        Assert.True(data.HasDiverged);
    }

    [SkippableFact]
    public void Using_a_disposed_object_throws()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        var data = model.CreateData();
        data.Dispose();
        data.Dispose();
        _ = Assert.Throws<ObjectDisposedException>(() => data.Step());
        _ = Assert.Throws<ObjectDisposedException>(() => data.Position.Length);
        using var other = model.CreateData();
        model.Dispose();
        _ = Assert.Throws<ObjectDisposedException>(() => other.Step());
        _ = Assert.Throws<ObjectDisposedException>(() => model.Timestep);
        _ = Assert.Throws<ObjectDisposedException>(model.CreateData);
    }

    [SkippableFact]
    public void Names_are_found_and_a_wrong_one_lists_the_right_ones()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        Assert.Equal(1, model.IndexOf(MujocoObject.Joint, "elbow"));
        Assert.Equal("elbow", model.NameOf(MujocoObject.Joint, 1));
        Assert.Equal(string.Empty, model.NameOf(MujocoObject.Actuator, 0));
        Assert.False(model.TryIndexOf(MujocoObject.Body, "hand", out _));
        var error = Assert.Throws<ArgumentException>(() => model.IndexOf(MujocoObject.Joint, "wrist"));
        Assert.Contains("shoulder, elbow", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Sizes_options_and_keyframes_are_those_of_the_file()
    {
        Requires.Mujoco();
        using var model = TinyModels.Pendulum(timestep: 0.003);
        using var data = model.CreateData();
        Assert.Equal((1, 1, 1, 0), (model.PositionSize, model.VelocitySize, model.ControlSize, model.ActivationSize));
        Assert.Equal(0.003, model.Timestep);
        Assert.Equal(-9.81, model.Gravity[2]);
        Assert.Equal(MujocoIntegrator.RungeKutta4, model.Integrator);
        Assert.Equal([-3, 3], model.ControlRange.ToArray());
        Assert.Equal(2, model.SubtreeMass[0]);
        Assert.Equal(MujocoJoint.Hinge, model.JointTypes[0]);
        Assert.Equal(0.25, model.KeyframePosition(0)[0]);
        data.Reset(0);
        Assert.Equal((0.25, -1.5), (data.Position[0], data.Velocity[0]));
        Assert.Equal(-1.5, model.KeyframeVelocity(0)[0]);
    }

    [SkippableFact]
    public void Threads_that_share_a_model_compute_what_one_thread_computes()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        double[] results = new double[8];
        _ = Parallel.For(0, results.Length, i =>
        {
            using var data = model.CreateData();
            data.Position[0] = 2;
            for (int step = 0; step < 2000; step++)
                data.Step();
            results[i] = data.Position[1];
        });
        Assert.All(results, r => Assert.Equal(results[0], r));
    }

    [SkippableFact]
    public void Threads_that_fight_over_one_simulation_get_an_error_and_leave_it_sound()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        using var data = model.CreateData();
        data.Position[0] = 0.3;
        int steps = 0, refused = 0;
        var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                try
                {
                    data.Step();
                    _ = Interlocked.Increment(ref steps);
                }
                catch (InvalidOperationException)
                {
                    _ = Interlocked.Increment(ref refused);
                }
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.Equal(6000, steps + refused);
        Assert.Equal(steps * model.Timestep, data.Time, 1e-9);

        // Every step that was taken was a whole one: one thread arrives at the same state.
        using var alone = model.CreateData();
        alone.Position[0] = 0.3;
        for (int i = 0; i < steps; i++)
            alone.Step();
        Assert.Equal(alone.Position.ToArray(), data.Position.ToArray());
    }
}
