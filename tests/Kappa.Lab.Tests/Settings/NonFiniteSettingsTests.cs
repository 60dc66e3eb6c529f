using System.Globalization;
using Kappa.Lab.Data;
using Kappa.Lab.Experiments.Isometry;
using Kappa.Lab.Experiments.Reinforcement;
using Kappa.Lab.Settings;
using Kappa.Lab.Tasks.Humanoid;
using Kappa.Lab.Tasks.Models;
using Kappa.Lab.Tasks.Text;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Lab.Tests.Settings;

/// <summary>Numbers that the lab takes refuse NaN and the infinities.</summary>
public sealed class NonFiniteSettingsTests
{
    private static readonly double[] NonFinite = [double.NaN, -double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly Dictionary<string, Action<double>> Takers = new()
    {
        ["ContinualSettings.Target"] = value => new ContinualSettings { Target = value }.Validate(),
        ["ContinualSettings.LearningRates"] = value => new ContinualSettings { LearningRates = [1e-3, value] }.Validate(),
        ["RevivalSettings.Share"] = value => new RevivalSettings { Share = value }.Validate(),
        ["RevivalSettings.LearningRate"] = value => new RevivalSettings { LearningRate = value }.Validate(),
        ["RevivalSettings.Methods"] = value => new RevivalSettings { Methods = [string.Create(CultureInfo.InvariantCulture, $"adamo {value}")] }.Validate(),
        ["ReinforcementSettings.Target"] = value => new ReinforcementSettings { Target = value }.Validate(),
        ["ReinforcementSettings.LearningRates"] = value => new ReinforcementSettings { LearningRates = [value] }.Validate(),
        ["PpoSettings.Discount"] = value => new PpoSettings { Discount = value }.Validate(),
        ["PpoSettings.TraceDecay"] = value => new PpoSettings { TraceDecay = value }.Validate(),
        ["PpoSettings.Clip"] = value => new PpoSettings { Clip = value }.Validate(),
        ["PpoSettings.EntropyBonus"] = value => new PpoSettings { EntropyBonus = value }.Validate(),
        ["PpoSettings.RewardScale"] = value => new PpoSettings { RewardScale = value }.Validate(),
        ["PpoSettings.InitialLogDeviation"] = value => new PpoSettings { InitialLogDeviation = value }.Validate(),
        ["PpoSettings.MaxGradientNorm"] = value => new PpoSettings { MaxGradientNorm = value }.Validate(),
        ["SamplingOptions.Temperature"] = value => new SamplingOptions { Temperature = value }.Validate(),
        ["RolloutOptions.Seconds"] = value => new RolloutOptions { Seconds = value }.Validate(),
        ["RolloutOptions.ControlNoise"] = value => new RolloutOptions { ControlNoise = value }.Validate(),
        ["RolloutOptions.HorizonStep"] = value => new RolloutOptions { HorizonStep = value }.Validate(),
        ["Crawler.Crawler.friction"] = value => new Crawler(friction: value).Dispose(),
        ["Crawler.Crawler.gravity"] = value => new Crawler(gravity: value).Dispose(),
        ["TwoMoons.Create.noise"] = value => TwoMoons.Create(2, new Philox(0), value),
        ["Checkerboard.Create.extent"] = value => Checkerboard.Create(2, new Philox(0), 4, value),
        ["Checkerboard.Density.extent"] = value => Checkerboard.Density(0, 0, 4, value),
        ["ImageDataSet.Normalized.mean"] = value => Picture().Normalized(value, 1),
        ["ImageDataSet.Normalized.standardDeviation"] = value => Picture().Normalized(0, value),
        ["TextDocuments.Split.validationShare"] = value => new TextDocument[] { new("a", "", "x"), new("b", "", "y") }.Split(value, new Philox(0)),
        ["InputTransform.Whitening.floor"] = value => InputTransform.Whitening(Tensor.Normal([4, 2], new Philox(0)), value),
    };

    public static TheoryData<string> Members => [.. Takers.Keys];

    [Theory]
    [MemberData(nameof(Members))]
    public void A_number_that_is_not_finite_is_refused(string member)
    {
        foreach (double value in NonFinite)
        {
            var error = Record.Exception(() => Takers[member](value));
            Assert.True(error is ArgumentException or ConfigException, $"{member} = {value}: {error?.ToString() ?? "accepted"}");
        }
    }

    [Fact]
    public void Every_number_of_a_record_that_can_be_validated_is_in_the_table()
    {
        string[] found =
        [
            .. from type in typeof(SamplingOptions).Assembly.GetExportedTypes()
               where type.GetMethod("Validate", []) is not null && !type.Namespace!.StartsWith("Kappa.Lab.Reproduction", StringComparison.Ordinal)
               from property in type.GetProperties()
               where property.CanWrite && (property.PropertyType == typeof(double) || property.PropertyType == typeof(double[]))
               select $"{type.Name}.{property.Name}",
        ];
        Assert.NotEmpty(found);
        Assert.Empty(found.Except(Takers.Keys));
    }

    private static ImageDataSet Picture() => new(new byte[4], new byte[1], 2, 2, ["a"]);
}
