using System.Text.Json.Nodes;
using System.Text.Json;

namespace Kappa.Lab.Tests.Settings;

/// <summary>Every setting of every experiment with values that it may not have: an error that names it, before anything runs.</summary>
public sealed class ExperimentSettingTests
{
    private static readonly string[] Never = [
        "null", "1e999", "-1e999", "-1", "{}", "\"\"", "\"\\ud800\"", "true", "[]", "[null]", "[1e999]", "[-1]", "[[]]", "[\"\"]", "[{}]"];

    // What some settings may have of that list.
    private static readonly HashSet<(string Setting, string Value)> Allowed =
    [
        // A network without hidden layers is a linear one.
        ("hidden", "[]"),
        // None are no controls, and leave each optimizer its own decay; an object without a field has every default.
        ("controls", "[]"), ("weightDecays", "[]"), ("activationPreconditioning", "{}"), ("schedule", "{}"), ("model", "{}"),
        // Nothing is varied, and no finished run is taken.
        ("ablations", "{}"), ("from", "[]"),
        ("full", "true"), ("muonTrainsAll", "true"),
    ];

    public static TheoryData<string, string> Fields
    {
        get
        {
            var fields = new TheoryData<string, string>();
            foreach (var experiment in KappaCatalog.Choices.Of<Experiment>())
            {
                foreach (var (name, _) in experiment.Settings(ExperimentScale.Short))
                    fields.Add(experiment.FullName, name);
            }

            return fields;
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_value_that_it_may_not_have_is_refused_by_name(string experimentName, string setting)
    {
        var experiment = KappaCatalog.Choices.Find<Experiment>(experimentName);
        bool isInteger = experiment.Settings(ExperimentScale.Short)[setting] is JsonValue leaf && leaf.TryGetValue(out int _) && setting != "target";
        foreach (string value in Never.Where(value => !Allowed.Contains((setting, value))).Concat(isInteger ? ["99999999999999999999", "1.5"] : []))
        {
            var settings = experiment.Settings(ExperimentScale.Short);
            settings[setting] = JsonNode.Parse(value);
            var error = Record.Exception(() => experiment.Plan(settings, KappaCatalog.Choices));
            Assert.True(error is ConfigException, $"{experimentName} {setting}={value}: {error?.ToString() ?? "accepted"}");
            Assert.Contains(setting, error!.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Whatever_a_number_is_set_to_it_is_valid_or_refused_by_name(string experimentName, string setting)
    {
        var experiment = KappaCatalog.Choices.Find<Experiment>(experimentName);
        if (experiment.Settings(ExperimentScale.Short)[setting]!.GetValueKind() != JsonValueKind.Number)
            return;
        foreach (string value in new[]
        {
            "-1", "0", "0.5", "2147483647", "2147483648", "-2147483648", "1e999", "-1e999", "1e308", "5e-324", "\"NaN\"", "\"1\"", "true", "[1]", "{}", "null"
        })
        {
            var settings = experiment.Settings(ExperimentScale.Short);
            settings[setting] = JsonNode.Parse(value);
            if (Record.Exception(() => experiment.Plan(settings, KappaCatalog.Choices)) is { } error)
            {
                Assert.True(error is ConfigException, $"{experimentName} {setting}={value}: {error}");
                Assert.Contains(setting, error.Message, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void What_counts_something_is_not_0_without_a_reason(string experimentName, string setting)
    {
        var experiment = KappaCatalog.Choices.Find<Experiment>(experimentName);
        var settings = experiment.Settings(ExperimentScale.Short);
        if (settings[setting]!.GetValueKind() != JsonValueKind.Number)
            return;
        settings[setting] = 0;
        bool isAllowed = setting is "learningRate" or "noise" or "testExamples" or "fullSpaceProbes" or "layers" or "extensions";
        var error = Record.Exception(() => experiment.Plan(settings, KappaCatalog.Choices));
        Assert.True(isAllowed ? error is null : error is ConfigException, $"{experimentName} {setting}=0: {error?.ToString() ?? "accepted"}");
    }

    [Fact]
    public void A_learning_rate_of_0_is_one_wherever_there_are_learning_rates()
    {
        int count = 0;
        foreach (var experiment in KappaCatalog.Choices.Of<Experiment>())
        {
            var settings = experiment.Settings(ExperimentScale.Short);
            if (settings["learningRates"] is JsonArray)
                settings["learningRates"] = new JsonArray(0, 1e-3);
            else if (settings["learningRate"] is not null)
                settings["learningRate"] = 0;
            else if (settings["optimizers"] is JsonObject)
                settings["optimizers"] = new JsonObject { ["adamw"] = new JsonArray(0, 1e-3) };
            else
                continue;
            count++;
            Assert.NotEmpty(experiment.Plan(settings, KappaCatalog.Choices).Cells);
        }

        Assert.True(count >= 10, $"{count}");
    }
}
