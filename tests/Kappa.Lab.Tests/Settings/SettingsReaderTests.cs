using System.Text.Json;
using Kappa.Lab.Settings;

namespace Kappa.Lab.Tests.Settings;

public class SettingsReaderTests
{
    private static readonly SettingDescription[] Known =
    [
        new("width", "integer", "16", "a width"),
        new("rate", "number", "0.5", "a rate"),
        new("clean", "boolean", "true", "a switch"),
        new("kind", "string", "\"raw\"", "a kind", ["raw", "whitened"]),
        new("sizes", "array", "[10, 20]", "sizes"),
    ];

    [Fact]
    public void A_setting_left_out_has_the_default_of_its_description()
    {
        foreach (var reader in new[] { Reader("{}"), new SettingsReader(null, "task", Known), Reader("null") })
        {
            Assert.Equal(16, reader.Integer("width", 1, 64));
            Assert.Equal(0.5, reader.Number("rate", 0, 1));
            Assert.True(reader.Boolean("clean"));
            Assert.Equal("raw", reader.Text("kind"));
            Assert.Equal([10, 20], reader.Integers("sizes", 1));
            Assert.False(reader.IsGiven("width"));
        }
    }

    [Fact]
    public void A_setting_that_is_given_is_read()
    {
        var reader = Reader("""{"width": 3, "rate": 1, "clean": false, "kind": "whitened", "sizes": []}""");
        Assert.Equal(3, reader.Integer("width", 1, 64));
        Assert.Equal(1, reader.Number("rate", 0, 1));
        Assert.False(reader.Boolean("clean"));
        Assert.Equal("whitened", reader.Text("kind"));
        Assert.Empty(reader.Integers("sizes", 1));
        Assert.True(reader.IsGiven("width"));
    }

    [Theory]
    [InlineData("""{"widht": 3}""", """task.widht: unknown setting "widht"; did you mean "width"? Valid: width, rate, clean, kind, sizes""")]
    [InlineData("""{"width": 3, "width": 4}""", "task.width: given twice; remove one of the two")]
    [InlineData("[1]", "task: expected an object with settings; got [1]")]
    [InlineData("""{"width": 65}""", "task.width: expected an integer from 1 to 64; got 65")]
    [InlineData("""{"width": 1.5}""", "task.width: expected an integer from 1 to 64; got 1.5")]
    [InlineData("""{"width": "8"}""", "task.width: expected an integer from 1 to 64; got \"8\"")]
    [InlineData("""{"width": null}""", "task.width: expected an integer from 1 to 64; got null")]
    [InlineData("""{"rate": 0}""", "task.rate: expected a number, above 0 and at most 1; got 0")]
    [InlineData("""{"rate": 1e999}""", "task.rate: expected a number, above 0 and at most 1; got 1e999")]
    [InlineData("""{"clean": 1}""", "task.clean: expected true or false; got 1")]
    [InlineData("""{"kind": "whitend"}""", """task.kind: unknown value "whitend"; did you mean "whitened"? Valid: raw, whitened""")]
    [InlineData("""{"kind": 2}""", "task.kind: expected a string; got 2")]
    [InlineData("""{"sizes": [4, 0]}""", "task.sizes[1]: expected an integer, at least 1; got 0")]
    [InlineData("""{"sizes": 4}""", "task.sizes: expected an array of integers; got 4")]
    public void A_wrong_setting_is_an_error_that_names_it_and_what_was_expected(string json, string message)
    {
        var error = Assert.Throws<ConfigException>(() =>
        {
            var reader = Reader(json);
            _ = reader.Integer("width", 1, 64);
            _ = reader.Number("rate", 0, 1, exclusiveMinimum: true);
            _ = reader.Boolean("clean");
            _ = reader.Text("kind");
            _ = reader.Integers("sizes", 1);
        });
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_task_that_reads_a_setting_it_does_not_describe_is_told_so()
    {
        var error = Assert.Throws<ArgumentException>(() => Reader("{}").Integer("with"));
        Assert.Contains("did you mean \"width\"?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_value_is_cut_in_the_message()
    {
        string json = $$"""{"width": "{{new string('x', 5000)}}"}""";
        var error = Assert.Throws<ConfigException>(() => Reader(json).Integer("width"));
        Assert.True(error.Message.Length < 200);
    }

    private static SettingsReader Reader(string json) => new(JsonDocument.Parse(json).RootElement, "task", Known);
}
