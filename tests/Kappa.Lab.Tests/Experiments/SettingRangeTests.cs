using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments;

/// <summary>What <c>kappa reproduce --set</c> may be given: every number of every experiment has a range, wherever it stands, and no list of numbers may be
/// empty.</summary>
public sealed class SettingRangeTests
{
    // The logarithm of a deviation, and a place in the plane, may be any finite number.
    private static readonly string[] AnyNumber = ["initialLogDeviation"];

    // Empty means: the optimizer's own, no hidden layer, no runs to take from, or no ablation.
    private static readonly string[] MayBeEmpty = ["learningRates", "weightDecays", "hidden", "from", "controls", "gamma", "refreshInterval", "movingAverage"];

    public static TheoryData<string> Names => [.. KappaCatalog.Choices.Of<Experiment>().Select(experiment => experiment.FullName)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_number_beyond_all_sense_is_refused_by_its_name(string name)
    {
        var experiment = KappaCatalog.Choices.Find<Experiment>(name);
        int tried = 0;
        foreach (object[] path in Numbers(experiment.Settings(ExperimentScale.Short), []).ToArray())
        {
            string field = (string)path.Last(step => step is string);
            if (AnyNumber.Contains(field))
                continue;
            foreach (var odd in (JsonNode[])[-1_000_000_007, "many"])
            {
                var settings = experiment.Settings(ExperimentScale.Short);
                Put(settings, path, odd);
                string message = Refusal(experiment, settings) ?? $"{odd} is taken";
                Assert.True(message.Contains(field, StringComparison.OrdinalIgnoreCase), $"{string.Join('.', path)}: {message}");
            }
            tried++;
        }
        Assert.True(tried > 0 || name == "dopr/all", "an experiment without numbers");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_empty_list_is_refused_by_its_name(string name)
    {
        var experiment = KappaCatalog.Choices.Find<Experiment>(name);
        foreach (var path in Lists(experiment.Settings(ExperimentScale.Short), []).ToArray())
        {
            string field = (string)path.Last(step => step is string);
            var settings = experiment.Settings(ExperimentScale.Short);
            Put(settings, path, new JsonArray());
            string? message = Refusal(experiment, settings);
            if (message is null)
                Assert.True(MayBeEmpty.Contains(field), $"{field} = [] is taken");
            else
                Assert.Contains(field, message, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static string? Refusal(Experiment experiment, JsonObject settings)
    {
        try
        {
            _ = experiment.Plan(settings, KappaCatalog.Choices);
            return null;
        }
        catch (ConfigException error)
        {
            return error.Message;
        }
    }

    private static IEnumerable<object[]> Numbers(JsonNode? node, object[] path) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Numbers(field.Value, [.. path, field.Key])),
        // The first of a list stands for all.
        JsonArray { Count: > 0 } items => Numbers(items[0], [.. path, 0]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [path],
        _ => [],
    };

    private static IEnumerable<object[]> Lists(JsonNode? node, object[] path) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Lists(field.Value, [.. path, field.Key])),
        JsonArray items => [path, .. items.Count > 0 ? Lists(items[0], [.. path, 0]) : []],
        _ => [],
    };

    private static void Put(JsonNode root, object[] path, JsonNode value)
    {
        foreach (object step in path[..^1])
            root = step is string field ? root[field]! : root[(int)step]!;
        if (path[^1] is string last)
            root[last] = value;
        else
            root[(int)path[^1]] = value;
    }
}
