using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Settings;

public sealed class SettingsTypeTests
{
    internal enum Speed
    {
        VerySlow,
        Fast,
    }

    private static readonly Choices Choices = new([new Shape("round", typeof(Round)), new Shape("flat", typeof(NoSettings))]);

    [Fact]
    public void What_is_left_out_has_the_default_of_a_new_record()
    {
        foreach (string json in new[] { "{}", """{"width": null}""" })
        {
            var settings = Read(json);
            var expected = new Example();
            Assert.Equal(expected, settings with { Seeds = expected.Seeds, Sizes = expected.Sizes, ByName = expected.ByName });
            Assert.Equal([0L, 1, 2], settings.Seeds);
            Assert.Equal(8, settings.Half);
        }
    }

    [Fact]
    public void What_is_written_spells_every_default_out_and_reads_back_equal()
    {
        var settings = Read("""
            {"width": 3, "rate": -0.0, "clean": false, "kind": "whitened", "speed": "very-slow", "sizes": [1], "seeds": 2, "batch": "all",
             "big": 18446744073709551615, "limit": 0.5,
             "inner": {"a": 7}, "byName": {"x": [1, 2]}, "extra": true, "shape": {"name": "round", "radius": 2}, "hint": "flat", "b": 4}
            """);
        Assert.Equal(
            (3, 0.0, false, "whitened", Speed.VerySlow, 0, ulong.MaxValue, 0.5),
            (settings.Width, settings.Rate, settings.Clean, settings.Kind, settings.Speed, settings.Batch, settings.Big, settings.Limit!.Value));
        Assert.Equal("0", settings.Rate.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((7, 4, 1.0, 2.0), (settings.Inner.A, settings.Beside.B, settings.Extra!.Settings!.A, ((Round)settings.Shape!.Settings).Radius));
        string written = SettingsOf<Example>.Write(settings).ToJsonString();
        Assert.Equal(written, SettingsOf<Example>.Write(Read(written)).ToJsonString());
        SettingsOf<Example>.Check(settings);
        Assert.Equal(
            SettingsOf<Example>.Type.Settings.Select(setting => setting.IsFlat ? "b" : setting.Name).Order(),
            JsonNode.Parse(written)!.AsObject().Select(field => field.Key).Order());
    }

    [Theory]
    [InlineData("""{"widht": 3}""", "task.widht: unknown field \"widht\"; did you mean \"width\"?")]
    [InlineData("""{"width": 3, "width": 4}""", "task.width: given twice; remove one of the two")]
    [InlineData("""{"byName": {"x": [1], "x": [2]}}""", "task.byName.x: given twice; remove one of the two")]
    [InlineData("[1]", "task: expected an object in braces; got [1]")]
    [InlineData("""{"width": 65}""", "task.width: expected an integer from 1 to 64; got 65")]
    [InlineData("""{"width": 1.5}""", "task.width: expected an integer from 1 to 64; got 1.5")]
    [InlineData("""{"width": "8"}""", "task.width: expected an integer from 1 to 64; got \"8\"")]
    [InlineData("""{"width": 99999999999}""", "task.width: expected an integer from 1 to 64; got 99999999999")]
    [InlineData("""{"rate": 1e999}""", "task.rate: expected a number of 0 or more and below 1; got 1e999")]
    [InlineData("""{"rate": 1}""", "task.rate: expected a number of 0 or more and below 1; got 1")]
    [InlineData("""{"limit": 0}""", "task.limit: expected a number above 0 and at most 1; got 0")]
    [InlineData("""{"clean": 1}""", "task.clean: expected true or false; got 1")]
    [InlineData("""{"kind": "whitend"}""", "task.kind: unknown value \"whitend\"; did you mean \"whitened\"? Valid: raw, whitened")]
    [InlineData("""{"kind": 2}""", "task.kind: expected one of raw, whitened; got 2")]
    [InlineData("""{"kind": "\ud800"}""", "task.kind: expected text; got \"\\ud800\", which holds half a surrogate pair.")]
    [InlineData("""{"\ud800": 1}""", "task: a field's name holds half a surrogate pair")]
    [InlineData("""{"byName": {"\ud800": [1]}}""", "task.byName: a field's name holds half a surrogate pair")]
    [InlineData("""{"speed": "slow"}""", "task.speed: unknown value \"slow\"; valid: very-slow, fast")]
    [InlineData("""{"sizes": [4, 0]}""", "task.sizes[1]: expected an integer of 1 or more; got 0")]
    [InlineData("""{"sizes": 4}""", "task.sizes: expected an array of at least one item: an integer of 1 or more; got 4")]
    [InlineData("""{"sizes": []}""", "task.sizes: expected an array of at least one item: an integer of 1 or more; got []")]
    [InlineData("""{"sizes": [4, 4]}""", "task.sizes: 4 is given twice; give each once")]
    [InlineData("""{"seeds": 0}""", "task.seeds: expected an integer from 1 to 9, or an array; got 0")]
    [InlineData("""{"batch": 0}""", "task.batch: expected an integer of 1 or more, or \"all\"; got 0")]
    [InlineData("""{"batch": "some"}""", "task.batch: expected an integer of 1 or more, or \"all\"; got \"some\"")]
    [InlineData("""{"big": -1}""", "task.big: expected an integer of 0 or more; got -1")]
    [InlineData("""{"inner": {"a": 0}}""", "task.inner.a: expected an integer of 1 or more; got 0")]
    [InlineData("""{"inner": {"c": 0}}""", "task.inner.c: unknown field \"c\"; valid: a")]
    [InlineData("""{"b": 0}""", "task.b: expected an integer of 1 or more; got 0")]
    [InlineData("""{"byName": {"x": [-1]}}""", "task.byName.x[0]: expected a number of 0 or more; got -1")]
    [InlineData("""{"extra": {"a": 0}}""", "task.extra.a: expected an integer of 1 or more; got 0")]
    [InlineData("""{"extra": 3}""", "task.extra: expected true, false or an object in braces; got 3")]
    [InlineData("""{"shape": {"name": "rond"}}""", "task.shape.name: unknown shape \"rond\"; did you mean \"round\"? Valid: round, flat")]
    [InlineData("""{"shape": {"name": 3}}""", "task.shape.name: expected one of round, flat; got 3")]
    [InlineData("""{"shape": {}}""", "task.shape.name: expected one of round, flat; it is missing")]
    [InlineData("""{"shape": "round"}""", "task.shape: expected a shape, such as { \"name\": \"round\" }; got \"round\"")]
    [InlineData("""{"shape": {"name": "round"}}""", "task.shape.radius: expected a number above 0; it is missing")]
    [InlineData("""{"shape": {"name": "flat", "radius": 1}}""", "task.shape.radius: unknown field \"radius\"; valid: name")]
    [InlineData("""{"hint": "flta"}""", "task.hint: unknown shape \"flta\"; did you mean \"flat\"?")]
    [InlineData("""{"width": 7, "half": 9}""", "task.half: expected at most the width 7; got 9")]
    public void A_fault_has_its_path_what_was_expected_and_what_came(string json, string message)
    {
        var error = Assert.Throws<ConfigException>(() => Read(json));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_value_is_cut_in_the_message() =>
        Assert.True(Assert.Throws<ConfigException>(() => Read($$"""{"width": "{{new string('x', 5000)}}"}""")).Message.Length < 200);

    [Fact]
    public void Schema_and_help_have_ranges_and_defaults()
    {
        var fields = SettingsOf<Example>.Type.Schema(Choices)["properties"]!;
        Assert.Equal("""{"description":"a width","type":"integer","minimum":1,"maximum":64,"default":16}""", fields["width"]!.ToJsonString());
        Assert.Equal("""{"description":"a rate","type":"number","minimum":0,"exclusiveMaximum":1,"default":0.5}""", fields["rate"]!.ToJsonString());
        Assert.Equal("""{"description":"a half; default half the width","type":"integer","minimum":1}""", fields["half"]!.ToJsonString());
        Assert.Equal("""["very-slow","fast"]""", fields["speed"]!["enum"]!.ToJsonString());
        Assert.Equal("1", fields["b"]!["minimum"]!.ToJsonString());
        Assert.Contains("width = 16             a width (an integer from 1 to 64)", SettingsOf<Example>.Type.Help(Choices));
        Assert.Contains("half = half the width  a half (an integer of 1 or more)", SettingsOf<Example>.Type.Help(Choices));
    }

    private static Example Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return SettingsOf<Example>.Read(document.RootElement, "task", Choices);
    }

    internal sealed record Example : ICheckedSettings
    {
        [Setting("a width", AtLeast = 1, AtMost = 64)]
        public int Width { get; init; } = 16;

        [Setting("a half", AtLeast = 1, DefaultText = "half the width")]
        public int Half { get => field == 0 ? Width / 2 : field; init; }

        [Setting("a rate", AtLeast = 0, Below = 1)]
        public double Rate { get; init; } = 0.5;

        [Setting("a limit", Above = 0, AtMost = 1)]
        public double? Limit { get; init; }

        [Setting("a switch")]
        public bool Clean { get; init; } = true;

        [Setting("a kind", OneOf = ["raw", "whitened"])]
        public string Kind { get; init; } = "raw";

        [Setting("a speed")]
        public Speed Speed { get; init; } = Speed.Fast;

        [Setting("sizes", AtLeast = 1, OnceEach = true)]
        public int[] Sizes { get; init; } = [10, 20];

        [Setting("seeds", AtLeast = 0, CountUpTo = 9)]
        public IReadOnlyList<long> Seeds { get; init; } = [0, 1, 2];

        [Setting("a batch", AtLeast = 1, ZeroText = "all")]
        public int Batch { get; init; } = 5;

        [Setting("a big number", AtLeast = 0)]
        public ulong Big { get; init; } = 3;

        [Setting("inside")]
        public Inner Inner { get; init; } = new();

        [Setting("beside", Flat = true)]
        public Beside Beside { get; init; } = new();

        [Setting("numbers by name", AtLeast = 0)]
        public IReadOnlyDictionary<string, IReadOnlyList<double>> ByName { get; init; } = new Dictionary<string, IReadOnlyList<double>> { ["y"] = [1] };

        [Setting("on or off")]
        public Switched<Inner>? Extra { get; init; }

        [Setting("a shape")]
        public Choice<Shape>? Shape { get; init; }

        [Setting("a shape or its name", AllowName = true)]
        public Choice<Shape>? Hint { get; init; }

        public void Check(SettingsCheck check) => check.Require(Half <= Width, nameof(Half), $"at most the width {Width}", Half);
    }

    internal sealed record Inner
    {
        [Setting("a", AtLeast = 1)]
        public int A { get; init; } = 1;
    }

    internal sealed record Beside
    {
        [Setting("b", AtLeast = 1)]
        public int B { get; init; } = 1;
    }

    internal sealed record Round
    {
        [Setting("a radius", Above = 0)]
        public required double Radius { get; init; }
    }

    internal sealed class Shape(string name, Type settings) : Kind
    {
        public override string Name => name;

        public override string Summary => "A shape.";

        public override string Noun => "shape";

        public override SettingsType SettingsType => SettingsType.Of(settings);
    }
}
