using Kappa.Lab.Experiments.Pretrained;

namespace Kappa.Lab.Tests.Experiments.Pretrained;

public sealed class PretrainedTests
{
    public static TheoryData<double[], double[], double, double?> Sweeps => new()
    {
        { [0.001, 0.01, 0.1], [3, 1, 2], 0.01, null },
        { [0.001, 0.01, 0.1], [1, 2, 3], 0.001, 1e-4 },
        { [0.001, 0.01, 0.1], [3, 2, 1], 0.1, 1 },
        { [0.001, 0.01, 0.1], [3, 2, double.PositiveInfinity], 0.01, null },
        { [0.01], [1], 0.01, 0.1 },
        { [0.01, 0.1], [1, 1], 0.01, 0.001 },
    };

    [Theory]
    [MemberData(nameof(Sweeps))]
    public void A_best_rate_at_an_edge_adds_the_rate_beyond(double[] rates, double[] losses, double best, double? beyond)
    {
        var tried = rates.Zip(losses).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal(best, RateSearch.Best(tried));
        Assert.Equal(beyond, RateSearch.Beyond(tried));
    }

    [Theory]
    [InlineData(-0.2, -0.1, false, "told: better")]
    [InlineData(0.1, 0.2, false, "told: worse")]
    [InlineData(0.1, 0.2, true, "told: better")]
    [InlineData(0.01, 0.02, true, "told: better, by less than 5%")]
    [InlineData(-0.01, 0.02, true, "excluded within 5%")]
    [InlineData(-0.1, 0.2, true, "open")]
    [InlineData(double.NaN, double.NaN, true, "open: one diverged")]
    public void A_verdict_is_told_excluded_or_open(double low, double high, bool higherIsBetter, string verdict) =>
        Assert.Equal(verdict, PretrainedFindings.VerdictOf(new Interval((low + high) / 2, low, high), 1, higherIsBetter));

    [Fact]
    public void A_head_alone_is_not_given_to_Muon() =>
        Assert.Equal(
            [
                ("head", "sgd-momentum"), ("head", "adamw"), ("head", "dopr-adamw"), ("all", "sgd-momentum"), ("all", "adamw"), ("all", "dopr-adamw"),
            ],
            new PretrainedSettings { Parts = ["head", "all"] }.Arms());

    [Fact]
    public void Muon_trains_all_where_it_is_asked_for() =>
        Assert.Contains(("all", "muon"), new PretrainedSettings { MuonTrainsAll = true }.Arms());

    [Fact]
    public void Pictures_of_the_same_size_are_only_shifted_and_copied_to_three_channels()
    {
        byte[] pixels = [.. Enumerable.Range(0, 28 * 28).Select(i => (byte)(i % 256))];
        var resized = PretrainedPictures.Resized(new ImageDataSet(pixels, [0], 28, 28, ["one"]), 0, 1, 28).Take([0]);
        float[] values = resized.Inputs.ToArray<float>();
        Assert.Equal(3 * 28 * 28, values.Length);
        foreach (var (channel, mean) in new[] { 103.06, 115.90, 123.15 }.Index())
            Assert.All(Enumerable.Range(0, 28 * 28), i => Assert.Equal(pixels[i] - mean, values[(channel * 28 * 28) + i], 1e-3));
        resized.Release();
    }

    [SkippableFact]
    public void The_network_computes_what_the_graph_of_the_file_computes()
    {
        Requires.Data(DataCatalog.ResNet18);
        using var quiet = NoGradient.Begin();
        var input = Tensor.Normal([1, 3, 224, 224], new Philox(1)) * 60;
        var imported = PretrainedResNet.Import(DataCatalog.ResNet18.Locate());
        var (body, _) = PretrainedResNet.SplitAt(PretrainedResNet.Trained(10, new Philox(2)), PretrainedResNet.Head);
        body.Eval();
        float[] expected = imported.Forward(input).ToArray<float>(), got = body.Forward(input).ToArray<float>();
        Assert.Equal(PretrainedResNet.Features, got.Length);
        double largest = expected.Max();
        Assert.All(expected.Zip(got), pair => Assert.True(Math.Abs(pair.First - pair.Second) < 1e-4 * largest));
    }

    [SkippableFact]
    public void Features_of_a_rescaled_network_are_those_of_the_plain_one_times_the_scales()
    {
        Requires.Data(DataCatalog.ResNet18);
        Requires.Data(DataCatalog.FashionMnist);
        var start = new StartingPoints(new PretrainedSettings { Pictures = 10, HeldOut = 10 });
        foreach (string part in (string[])["head", "block"])
            RequireScaled(start, part);
    }

    private static void RequireScaled(StartingPoints start, string part)
    {
        var scaled = start.Inputs("pathcond", 3, part).Test.Take([0, 1]);
        var raw = start.Inputs("pathcond", 3, "all").Test.Take([0, 1]);
        var (body, tail) = PretrainedResNet.SplitAt(start.Model("pathcond", 3), TrainedPart.FirstModule(part));
        body.Eval();
        tail.Eval();
        using var quiet = NoGradient.Begin();
        float[] expected = body.Forward(raw.Inputs).ToArray<float>(), got = scaled.Inputs.ToArray<float>();
        double largest = expected.Max();
        Assert.All(expected.Zip(got), pair => Assert.True(Math.Abs(pair.First - pair.Second) < 1e-4 * largest));
        float[] whole = Evaluated(start.Model("plain", 3)).Forward(raw.Inputs).ToArray<float>();
        float[] parts = tail.Forward(scaled.Inputs).ToArray<float>();
        Assert.All(whole.Zip(parts), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * whole.Max(Math.Abs)));
        scaled.Release();
        raw.Release();
    }

    private static Module Evaluated(Module model)
    {
        model.Eval();
        return model;
    }
}
