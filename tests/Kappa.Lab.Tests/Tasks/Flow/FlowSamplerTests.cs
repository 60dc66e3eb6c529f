namespace Kappa.Lab.Tests.Tasks.Flow;

public sealed class FlowSamplerTests
{
    [Theory]
    [InlineData("Euler", 1)]
    [InlineData("Heun", 2)]
    public void The_error_on_a_linear_field_falls_with_the_order_of_the_integrator(string name, int order)
    {
        var integrator = Enum.Parse<Integrator>(name);
        // x' = W x with W a quarter turn over the whole time, and a rate that grows with it: x(1) = (rotation by pi / 4) x(0).
        var turn = Tensor.From([0, Math.PI / 2, -Math.PI / 2, 0], [2, 2]);
        Tensor Velocity(Tensor points, double time) => points.MatMul(turn) * time;
        var start = Tensor.From([1.0, 0, 0.5, -2], [2, 2]);
        double s = Math.Sqrt(0.5);
        double[] exact = [s, s, (0.5 + 2) * s, (0.5 - 2) * s];
        double Error(int steps)
        {
            double[] end = FlowSampler.Follow(Velocity, start, steps, integrator, CancellationToken.None).ToArray<double>();
            return Math.Sqrt(end.Zip(exact, (a, b) => (a - b) * (a - b)).Sum());
        }
        double[] errors = [Error(64), Error(128), Error(256)];
        Assert.All(errors.Zip(errors.Skip(1), (coarse, fine) => Math.Log2(coarse / fine)), rate => Assert.Equal(order, rate, 0.05));
        Assert.True(errors[2] < (order == 1 ? 0.01 : 1e-5), $"{errors[2]}");
    }

    [Fact]
    public void One_step_of_Euler_is_the_velocity_at_the_start_and_straight_paths_need_no_more()
    {
        var start = Tensor.From([1f, 2, 3, 4], [2, 2]);
        Tensor Velocity(Tensor points, double time) => Tensor.From([1f, -1, 0.5f, 0], [2, 2]);
        foreach (var integrator in Enum.GetValues<Integrator>())
        {
            foreach (int steps in new[] { 1, 4 })
                Assert.Equal([2f, 1, 3.5f, 4], FlowSampler.Follow(Velocity, start, steps, integrator, CancellationToken.None).ToArray<float>());
        }
        Assert.Equal([1f, 2, 3, 4], start.ToArray<float>());
    }

    [Fact]
    public void It_asks_at_the_times_of_its_steps()
    {
        var times = new List<double>();
        Tensor Velocity(Tensor points, double time)
        {
            times.Add(time);
            return points * 0;
        }
        _ = FlowSampler.Follow(Velocity, Tensor.Zeros([1, 1]), 4, Integrator.Euler, CancellationToken.None);
        Assert.Equal([0, 0.25, 0.5, 0.75], times);
        times.Clear();
        _ = FlowSampler.Follow(Velocity, Tensor.Zeros([1, 1]), 2, Integrator.Heun, CancellationToken.None);
        Assert.Equal([0, 0.5, 0.5, 1], times);
        Assert.Throws<ArgumentOutOfRangeException>(() => FlowSampler.Follow(Velocity, Tensor.Zeros([1, 1]), 0, Integrator.Euler, CancellationToken.None));
        Assert.Throws<OperationCanceledException>(() => FlowSampler.Follow(Velocity, Tensor.Zeros([1, 1]), 1, Integrator.Euler, new CancellationToken(true)));
    }
}
