namespace Kappa.Lab.Tests.Experiments.PathCond;

public sealed class RescalingMethodTests
{
    [Fact]
    public void The_published_settings_are_ten_plain_sweeps()
    {
        var (method, plain) = (Deep(), Deep());
        _ = RescalingMethod.Apply(RescalingMethod.Reference, method);
        _ = PathConditioning.Rescale(plain, new RescalingOptions { Sweeps = 10, Tolerance = 0 });
        Assert.All(
            method.Parameters().Zip(plain.Parameters()),
            pair => Assert.Equal(pair.Second.Tensor.ToArray<float>(), pair.First.Tensor.ToArray<float>()));
    }

    private static Module Deep() => MlpFactory.Create(20, 5, new ModelConfig { Hidden = [32, 8, 32, 4, 32, 8, 32] }, new Philox(3));
}
