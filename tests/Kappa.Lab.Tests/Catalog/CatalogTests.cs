using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Catalog;

/// <summary>Every documented setting of everything in the catalog, given once: it is read, written, read back, and used.</summary>
public sealed class CatalogTests
{
    private static readonly Choices Choices = KappaCatalog.Choices;
    private static readonly SettingsType Preconditioning = SettingsType.Of(typeof(DoPrOptions));

    // Values other than the default where the schema does not say what they may be.
    private static readonly Dictionary<string, string> Values = new()
    {
        ["path"] = "\"text.txt\"",
        ["exclude"] = "[\"2.*\"]",
        ["layerStrengths"] = "[{\"pattern\":\"0.*\",\"strength\":0.25}]",
        ["channels"] = "[4,8]",
        ["hidden"] = "[5]",
        ["rank"] = "3",
        ["examples"] = "100",
        ["heads"] = "2",
        ["keyHeads"] = "2",
        ["width"] = "16",
        ["data"] = """{"name":"fashion-mnist"}""",
        ["network"] = """{"name":"mlp","hidden":[5],"activation":"relu","bias":true,"initializer":"default"}""",
        ["metric"] = "\"macro F1\"",
        ["strengths"] = "[0,0.3]",
        ["generation"] = """{"texts":2,"tokens":9,"prompt":3,"temperature":0.5,"topP":0.5,"judgeWidth":1,"judgeSteps":2,"judgeRate":0.1}""",
        ["deployAt"] = "1",
        ["validationExamples"] = "7",
        ["target"] = "\"kind\"",
        ["drop"] = "[\"a\"]",
        ["categories"] = "[\"a\"]",
        ["missingValues"] = "[\"-\"]",
        ["validationPath"] = "\"other.csv\"",
        ["side"] = "28",
        ["patch"] = "4",
        ["steps"] = "[1,100]",
        ["integrators"] = "[\"heun\"]",
        ["splitBy"] = "\"house\"",
        ["augmentation"] = """{"flip":false,"crop":4,"padding":0.5,"seed":3}""",
        ["columns"] = "[\"size\"]",
    };

    public static TheoryData<string, string> KindSettings
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var kind in Choices.All.Where(kind => kind is not Experiment))
            {
                foreach (var (name, _) in SchemaOf(kind.SettingsType))
                    rows.Add($"{kind.Noun} {kind.FullName}", name);
            }

            foreach (var (name, _) in SchemaOf(Preconditioning))
                rows.Add("preconditioning", name);
            return rows;
        }
    }

    public static TheoryData<string> OptimizerTexts =>
    [
        .. from optimizer in Choices.NamesOf<OptimizerKind>()
           from remedy in Choices.NamesOf<RemedyKind>().Prepend("")
           select remedy.Length == 0 ? optimizer : $"{optimizer} + {remedy}",
    ];

    [Theory]
    [MemberData(nameof(KindSettings))]
    public void Every_setting_is_read_written_read_back_and_used(string owner, string setting)
    {
        var kind = Choices.All.FirstOrDefault(one => $"{one.Noun} {one.FullName}" == owner);
        var type = kind?.SettingsType ?? Preconditioning;
        var schema = SchemaOf(type)[setting]!.AsObject();
        // Settings of one name that take other values.
        bool isOther = (owner == "task linear-control" && setting == "hidden")
            || (owner == "task arithmetic" && setting == "steps")
            || (owner.StartsWith("optimizer", StringComparison.Ordinal) && setting == "target");
        var value = Other(isOther ? "" : setting, schema);
        bool isOfTexts = owner == "task text" && setting == "metric";
        if (isOfTexts)
            value = JsonValue.Create("judge gap");
        var given = new JsonObject { [setting] = value };
        if (isOfTexts)
            given["generation"] = JsonNode.Parse(Values["generation"]);
        if (type.Required.Contains("path"))
            given["path"] = "text.txt";
        if (type.Required.Contains("target"))
            given.TryAdd("target", "kind");
        if (setting == "splitBy")
            given["split"] = "grouped";
        if (setting == "columns")
        {
            given["data"] = JsonNode.Parse("""{"name":"csv","path":"a.csv","target":"kind"}""");
            given["shift"] = "missing";
        }
        if (type.Required.Contains("data"))
            given.TryAdd("data", JsonNode.Parse("""{"name":"handwritten-digits"}"""));
        if (setting == "nesterov" && owner == "optimizer sgd")
            given["momentum"] = 0.5;
        if (setting == "asynchronousRefresh")
            given["refresh"] = 3;
        var written = type.Write(type.Read(JsonSerializer.SerializeToElement(given), "", Choices));
        Assert.Equal(value.ToJsonString(), written[setting]!.ToJsonString());
        Assert.Equal(written.ToJsonString(), type.Write(type.Read(JsonElement.Parse(written.ToJsonString()), "", Choices)).ToJsonString());
        Assert.NotEqual(schema["default"]?.ToJsonString(), value.ToJsonString());
        if (ConfigOf(kind, given) is not { } config)
            return;
        var comparison = ComparisonConfig.Parse(config.ToJsonString(), Choices);
        Assert.Equal(comparison.ToText(), ComparisonConfig.Parse(comparison.ToText(), Choices).ToText());
        Assert.Contains($"\"{setting}\": ", comparison.ToText(), StringComparison.Ordinal);
        if (kind is not LabTask)
            TakeSteps(comparison.Optimizers[0]);
    }

    [Theory]
    [MemberData(nameof(OptimizerTexts))]
    public void Every_optimizer_goes_with_preconditioning_and_every_remedy(string text)
    {
        var choice = OptimizerChoice.Parse(text, "optimizer", Choices);
        TakeSteps(choice);
        var fields = new JsonObject { ["name"] = text.Split(' ')[0] };
        if (choice.Remedy is { } remedy)
            fields["remedy"] = remedy.Name;
        var config = ComparisonConfig.Parse(Comparison(fields).ToJsonString(), Choices);
        Assert.Equal(choice.Title, config.Optimizers[0].Label);
        Assert.Equal(config.ToText(), ComparisonConfig.Parse(config.ToText(), Choices).ToText());
    }

    [Fact]
    public void Names_of_one_sort_differ_and_a_wrong_one_has_the_nearest()
    {
        Assert.All(Choices.All.GroupBy(kind => kind.Noun), kinds => Assert.Distinct(kinds.SelectMany(kind => kind.Aliases.Prepend(kind.FullName))));
        Assert.All(Choices.Of<LabTask>(), task => Assert.Same(task, Choices.Find<LabTask>(task.Name)));
        var error = Assert.Throws<ConfigException>(() => Choices.Find<LabTask>("linear-controll", "task.name"));
        Assert.StartsWith("task.name: unknown task \"linear-controll\"; did you mean \"linear-control\"? Valid: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_config_is_said_by_every_reader()
    {
        foreach (string json in new[] { "", "{", "[1", "{\"name\": \"a\", \"name\": \"b\"}", "{\"\\ud800\": 1}", "{\"name\": \"\\ud800\"}", "null", "3" })
        {
            _ = Assert.Throws<ConfigException>(() => ComparisonConfig.Parse(json, Choices));
            _ = Assert.Throws<ConfigException>(() => TrainingConfig.Parse(json, ".", Choices));
        }
    }

    private static JsonObject SchemaOf(SettingsType type)
    {
        var fields = new JsonObject();
        type.SchemaInto(fields, type.Defaults(), Choices);
        return fields;
    }

    /// <summary>Another value than the default that the schema allows.</summary>
    private static JsonNode Other(string name, JsonObject schema)
    {
        if (schema["enum"] is JsonArray names)
            return names.First(text => text!.ToJsonString() != schema["default"]?.ToJsonString())!.DeepClone();
        if (Values.TryGetValue(name, out string? value))
            return JsonNode.Parse(value)!;
        if (schema["type"]!.GetValue<string>() == "boolean")
            return JsonValue.Create(!schema["default"]!.GetValue<bool>());
        double least = Limit("minimum") ?? Limit("exclusiveMinimum") ?? 0, most = Limit("maximum") ?? Limit("exclusiveMaximum") ?? least + 2;
        return schema["type"]!.GetValue<string>() == "integer"
            ? JsonValue.Create((int)least + (Limit("default") == least ? 1 : Limit("default") == least + 4 ? 3 : 4))
            : JsonValue.Create(least + ((Math.Min(most, least + 2) - least) * 0.375));

        double? Limit(string field) => schema[field] is JsonValue limit ? double.Parse(
            limit.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    private static JsonObject Named(Kind kind, JsonObject settings)
    {
        var result = settings.DeepClone().AsObject();
        result["name"] = kind.Name;
        return result;
    }

    private static JsonObject Comparison(JsonObject optimizer) =>
        new() { ["name"] = "x", ["task"] = new JsonObject { ["name"] = "linear-control" }, ["optimizers"] = new JsonArray(optimizer) };

    private static JsonObject? ConfigOf(Kind? kind, JsonObject given) => kind switch
    {
        LabTask => new JsonObject { ["name"] = "x", ["task"] = Named(kind, given), ["optimizers"] = new JsonArray(new JsonObject { ["name"] = "sgd" }) },
        OptimizerKind => Comparison(Named(kind, given)),
        RemedyKind => Comparison(new JsonObject { ["name"] = "adamw", ["remedy"] = Named(kind, given) }),
        null => Comparison(new JsonObject { ["name"] = "adamw", ["activationPreconditioning"] = given.DeepClone() }),
        _ => null,
    };

    private static void TakeSteps(OptimizerChoice choice)
    {
        var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 4), new ReLU(), new Linear(4, 2));
        _ = model.Initialize(new Philox(1));
        float[] before = model.Parameters()[0].Tensor.ToArray<float>();
        var optimizer = choice.Create(model, 1e-2, new Philox(2));
        for (int step = 0; step < 2; step++)
        {
            using var scope = TensorScope.Begin();
            model.Forward(Tensor.Normal([5, 3], new Philox(3))).Square().Mean().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        Assert.NotEqual(before, model.Parameters()[0].Tensor.ToArray<float>());
        optimizer.CheckParameters();
    }
}
