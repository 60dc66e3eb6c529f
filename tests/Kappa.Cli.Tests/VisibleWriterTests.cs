using Spectre.Console;

namespace Kappa.Cli.Tests;

/// <summary>Nothing from outside steers the terminal.</summary>
public sealed class VisibleWriterTests
{
    private const string Nasty = "a\u001b[2J\u009b\u202eb";
    private const string Shown = "a\\u001b[2J\\u009b\\u202eb";
    private const string InJson = "a\\u001b[2J\\u009b\\u202eb";

    private static string Labelled =>
        SmallConfig.Json.Replace("{ \"name\": \"adamw\" }", $"{{ \"name\": \"adamw\", \"label\": \"{InJson}\" }}", StringComparison.Ordinal);

    [Fact]
    public void Labels_and_names_of_a_config_are_shown_with_their_control_characters_spelt_out()
    {
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder, Labelled.Replace("\"small\"", $"\"{InJson}\"", StringComparison.Ordinal));
        var run = CommandRun.Of("compare", config, "--out", folder["run"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"\n{Shown}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains($"  {Shown}  ", run.Output, StringComparison.Ordinal);
        Assert.Equal(VisibleText.Of(run.Output), run.Output);
    }

    [Theory]
    [InlineData("compare", Nasty)]
    [InlineData("train", Nasty)]
    [InlineData("probe", Nasty)]
    [InlineData("diagnose", Nasty)]
    [InlineData("generate", Nasty)]
    [InlineData(Nasty)]
    [InlineData("compare", "run.json", "--jobs", Nasty)]
    [InlineData("tasks", "--" + Nasty)]
    [InlineData("reproduce", Nasty)]
    [InlineData("reproduce", "isometry/revival", "--set", Nasty + "=1")]
    public void What_a_user_types_and_messages_of_exceptions_are_too(params string[] arguments)
    {
        var run = CommandRun.Of([.. arguments, "--verbose"]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("\\u001b[2J", run.Error, StringComparison.Ordinal);
        Assert.Equal(VisibleText.Of(run.Error), run.Error);
        Assert.Equal(VisibleText.Of(run.Output), run.Output);
    }

    [Fact]
    public async Task Every_way_to_write_goes_through()
    {
        using var inner = new StringWriter { NewLine = "\r\n" };
        using var writer = new VisibleWriter(inner);
        writer.Write('\u001b');
        writer.Write("\u001b");
        writer.Write("\u001b".AsSpan());
        writer.Write("\u001b".ToCharArray());
        writer.Write("x\u001bx".ToCharArray(), 1, 1);
        writer.Write("{0}", "\u001b");
        writer.Write((object)"\u001b");
        writer.WriteLine("\u001b");
        writer.WriteLine("\u001b".AsSpan());
        writer.WriteLine('\u001b');
        writer.WriteLine();
        await writer.WriteAsync("\u001b");
        Assert.Equal(string.Concat(Enumerable.Repeat("\\u001b", 8)) + "\r\n\\u001b\r\n\\u001b\r\n\r\n\\u001b", inner.ToString());
    }

    [Fact]
    public void A_live_table_keeps_its_own_codes_and_shows_those_of_labels()
    {
        var board = new TrialBoard(ComparisonConfig.Parse(Labelled, KappaCatalog.Choices), TimeProvider.System);
        using var output = new StringWriter();
        var settings = new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(output) };
        var console = AnsiConsole.Create(settings);
        console.Profile.Width = 160;
        console.Write(LiveTable.Of(board));
        console.Write(ProgressBar.Of(0.5, Nasty));
        Assert.Equal(2, output.ToString().Split(Shown).Length - 1);
        Assert.Contains("\u001b[32m", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u009b', output.ToString());
    }
}
