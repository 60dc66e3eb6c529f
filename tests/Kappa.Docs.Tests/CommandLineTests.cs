using System.Text.RegularExpressions;

namespace Kappa.Docs.Tests;

/// <summary>Every command line of kappa in the README and in docs has a command and options that there are.</summary>
public sealed partial class CommandLineTests
{
    public static TheoryData<string> Lines
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string line in CommandLine.All.Select(line => Command().Match(line.Text)).Where(match => match.Success)
                .Select(match => match.Groups["command"].Value).Distinct())
            {
                data.Add(line);
            }
            return data;
        }
    }

    [Fact]
    public void There_are_lines() => Assert.True(Lines.Count > 50);

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_command_line_can_be_understood(string line)
    {
        string[] words = [.. Word().Matches(line).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Value)];
        // These two are the script's.
        if (words.Length == 0 || words[0] is "test")
            return;
        Assert.Empty(Application.FaultsOf(words, Context()));
        if (words[0] == "reproduce" && words.Length > 1 && !words[1].StartsWith('-') && !words[1].Contains('*', StringComparison.Ordinal))
            Assert.NotNull(KappaCatalog.Choices.Find<Kappa.Lab.Experiments.Experiment>(words[1]));
    }

    [Theory]
    [InlineData("compare run.json --no-such-option")]
    [InlineData("no-such-command")]
    public void One_that_cannot_is_told(string line) => Assert.NotEmpty(Application.FaultsOf(line.Split(' '), Context()));

    private static CommandContext Context() => new(TextWriter.Null, TextWriter.Null, KappaCatalog.Choices, TimeProvider.System, []);

    // Behind mpirun too, and in front of a pipe.
    [GeneratedRegex(@"^(?:mpirun -n \d+ )?kappa (?<command>[a-z].*?)(\s+[>|].*)?$")]
    private static partial Regex Command();

    [GeneratedRegex(@"'([^']*)'|""([^""]*)""|\S+")]
    private static partial Regex Word();
}
