using System.Globalization;

namespace Kappa.Lab.Tests.Settings;

/// <summary>Numbers that the lab takes refuse NaN and the infinities.</summary>
public sealed class NonFiniteSettingsTests
{
    private static readonly double[] NonFinite = [double.NaN, -double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly Dictionary<string, Action<double>> Takers = new()
    {
        ["ContinualSettings.Target"] = value => SettingsOf<ContinualSettings>.Check(new ContinualSettings { Target = value }),
        ["ContinualSettings.LearningRates"] = value => SettingsOf<ContinualSettings>.Check(new ContinualSettings { LearningRates = [1e-3, value] }),
        ["RevivalSettings.Share"] = value => SettingsOf<RevivalSettings>.Check(new RevivalSettings { Share = value }),
        ["RevivalSettings.LearningRate"] = value => SettingsOf<RevivalSettings>.Check(new RevivalSettings { LearningRate = value }),
        ["RevivalSettings.Methods"] = value =>
            MethodAtStrengthForm.Parse(string.Create(CultureInfo.InvariantCulture, $"adamo {value}"), "methods", Choices.None),
        ["ReinforcementSettings.Target"] = value => SettingsOf<ReinforcementSettings>.Check(new ReinforcementSettings { Target = value }),
        ["ReinforcementSettings.LearningRates"] = value => SettingsOf<ReinforcementSettings>.Check(new ReinforcementSettings { LearningRates = [value] }),
        ["PpoSettings.Discount"] = value => SettingsOf<PpoSettings>.Check(new PpoSettings { Discount = value }),
        ["PpoSettings.TraceDecay"] = value => SettingsOf<PpoSettings>.Check(new PpoSettings { TraceDecay = value }),
        ["PpoSettings.Clip"] = value => SettingsOf<PpoSettings>.Check(new PpoSettings { Clip = value }),
        ["PpoSettings.EntropyBonus"] = value => SettingsOf<PpoSettings>.Check(new PpoSettings { EntropyBonus = value }),
        ["PpoSettings.RewardScale"] = value => SettingsOf<PpoSettings>.Check(new PpoSettings { RewardScale = value }),
        ["PpoSettings.InitialLogDeviation"] = value => SettingsOf<PpoSettings>.Check(new PpoSettings { InitialLogDeviation = value }),
        ["PpoSettings.MaxGradientNorm"] = value => SettingsOf<PpoSettings>.Check(new PpoSettings { MaxGradientNorm = value }),
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
            .. from type in typeof(TextTask).Assembly.GetTypes()
               where type.GetMethod("Validate", []) is not null && !type.Namespace!.StartsWith("Kappa.Lab.Experiments", StringComparison.Ordinal)
               from property in type.GetProperties()
               where property.CanWrite && (property.PropertyType == typeof(double) || property.PropertyType == typeof(double[]))
               select $"{type.Name}.{property.Name}",
        ];
        Assert.NotEmpty(found);
        Assert.Empty(found.Except(Takers.Keys));
    }

    [Fact]
    public void No_setting_of_any_record_takes_a_number_that_is_not_finite()
    {
        int count = 0;
        var types = typeof(TextTask).Assembly.GetTypes().Concat(typeof(MuonOptions).Assembly.GetExportedTypes());
        foreach (var type in types.Where(type => !type.IsAbstract && !type.ContainsGenericParameters && SettingsType.Of(type).Settings.Count > 0))
        {
            foreach (var setting in SettingsType.Of(type).Settings.Where(
                setting => Nullable.GetUnderlyingType(setting.Type) is { } inner ? inner == typeof(double) : setting.Type == typeof(double)))
            {
                count++;
                Assert.All(NonFinite, value => Assert.Throws<ConfigException>(() => setting.Form.Check(value, setting.Name)));
            }
        }

        Assert.True(count > 40, $"{count}");
    }

    private static ImageDataSet Picture() => new(new byte[4], new byte[1], 2, 2, ["a"]);
}
