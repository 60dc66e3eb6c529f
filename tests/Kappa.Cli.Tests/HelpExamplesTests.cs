using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kappa.Cli.Tests;

/// <summary>The help of every command has the same parts, and every example in it runs, here on small files in the place of those that it names.</summary>
public sealed partial class HelpExamplesTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    // Small files in the place of those of the examples; of one command alone where that is named.
    private static readonly Dictionary<string, string> Files = new()
    {
        ["run.json"] = "configs/train.json", ["compare run.json"] = "run.json", ["sweep.json"] = "configs/sweep.json",
        ["experiments/brown-characters.json"] = "configs/text.json", ["runs/brown-characters-1"] = "texts",
        ["runs/brown-characters-1/checkpoints/step-00001000"] = "texts/checkpoints/step-00000006", ["runs/fashion-conv-1"] = "pictures",
        ["runs/fashion-conv-1/checkpoints/step-00001000"] = "pictures/checkpoints/step-00000006", ["runs/animals-1"] = "pictures",
        ["photographs"] = "data/pictures", ["runs/flowers-1"] = "run", ["new.csv"] = "data/rows.csv", ["pytorch.safetensors"] = "pytorch.safetensors",
        ["rescale pytorch.safetensors"] = "two.safetensors", ["config.json"] = "configs/train.json", ["model.json"] = "model.json",
        ["resnet.json"] = "resnet.json", ["export model.json"] = "resnet.json", ["resnet18.onnx"] = "model.onnx", ["old.onnx"] = "model.onnx",
        ["resnet.safetensors"] = "pictures/checkpoints/step-00000006/model.safetensors",
        ["model.safetensors"] = "pictures/checkpoints/step-00000006/model.safetensors",
        ["runs/first/checkpoints/step-00001000/model.safetensors"] = "run/checkpoints/step-00000006/model.safetensors",
        ["runs/first/config.json"] = "run/config.json", ["runs/fashion-1"] = "run", ["runs/adamw-1"] = "run", ["runs/dopr-1"] = "texts",
    };

    private static readonly string[] Small = ["epochs=2", "hidden=[[4]]", "points=20", "learningRates=[0.1]", "seeds=1"];

    // Installs for the whole machine; its own tests run it with package managers that do nothing.
    private const string Fetch = "data fetch";

    // Writes into a checkout; its own tests run it in one that they make.
    private const string Results = "results";

    // Goes on until it is stopped; its own tests stop it.
    private const string Serve = "serve";

    public static TheoryData<string> Commands => [.. All(Root(), "").Select(entry => entry.Path)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_example_runs(string path)
    {
        string help = CommandRun.Of([.. path.Split(' '), "--help"]).Output;
        string[] examples = [.. Examples(help)];
        Assert.NotEmpty(examples);
        var choices = KappaCatalog.Choices.With<LabTask>([KappaCatalog.Choices.Find<LabTask>("linear-control")]);
        for (int i = 0; i < examples.Length; i++)
        {
            string[] arguments = Shortened(path, [.. Words(examples[i])], i);
            if (path is Fetch or Serve || arguments[0] == Results || examples[i].StartsWith("kappa data fetch", StringComparison.Ordinal))
            {
                Assert.Empty(Root().Parse(arguments).Errors);
                continue;
            }
            var run = CommandRun.With(choices, arguments);
            Assert.True(run.ExitCode == 0, $"{examples[i]}: {string.Join(' ', arguments)}: {run.Error}");
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_help_says_what_the_command_does_and_then_shows_examples(string path)
    {
        string help = CommandRun.Of([.. path.Split(' '), "--help"]).Output;
        string said = help.Split("Usage:")[0];
        Assert.Matches(@"^Description:\n  [A-Z][^\n]*[.:]", said);
        Assert.Contains("\n  \n  Examples:\n    kappa ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Example:", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Configs_in_the_help_are_read()
    {
        _ = ComparisonConfig.Parse(ConfigIn("compare").ToJsonString(), KappaCatalog.Choices);
        _ = TrainingConfig.Parse(ConfigIn("train").ToJsonString(), runs["."], KappaCatalog.Choices);
        File.WriteAllText(runs["sweep-of-help.json"], ConfigIn("sweep").ToJsonString());
        _ = SweepConfig.ReadFile(runs["sweep-of-help.json"], KappaCatalog.Choices);
    }

    private static JsonNode ConfigIn(string command)
    {
        string help = CommandRun.Of(command, "--help").Output;
        string text = help[help.IndexOf("A config:", StringComparison.Ordinal)..];
        return JsonNode.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..(text.IndexOf("\n    }", StringComparison.Ordinal) + 6)])!;
    }

    private string[] Shortened(string path, string[] words, int number)
    {
        string command = words[0];
        List<string> result = [];
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (i > 0 && (words[i - 1] == "--out" || (words[i - 1] == "--resume" && !word.StartsWith('-'))))
                result.Add(runs[$"examples/{command}/{word}"]);
            else if (Files.TryGetValue($"{command} {word}", out string? own) || Files.TryGetValue(word, out own))
                result.Add(runs[own]);
            else if (word == "3,32,32")
                result.Add("3,8,8");
            else if (i > 0 && words[i - 1] == "--kernel")
                result.Add("4");
            else if (!(command == "reproduce" && word == "--full"))
                result.Add(word);
        }
        _ = Directory.CreateDirectory(runs[$"examples/{command}/runs"]);
        bool isRun = command is "compare" or "train" or "sweep" or "demo" || (command == "reproduce" && words.Length > 1);
        if (isRun && !words.Contains("--resume"))
        {
            if (!words.Contains("--out"))
                result.AddRange(["--out", runs[$"examples/{path.Replace(' ', '-')}/{number}"]]);
            if (command == "demo" && !words.Contains("--quick"))
                result.Add("--quick");
            if (command == "reproduce")
                result.AddRange(Small.SelectMany(setting => new[] { "--set", setting }));
        }
        return [.. result];
    }

    /// <summary>The lines below the heading, without what is said of them, and without where a shell puts what they print.</summary>
    private static IEnumerable<string> Examples(string help) => help.Split("Examples:\n")[1].Split('\n').Select(line => line.Trim())
        .TakeWhile(line => line.Length > 0).Where(line => line.StartsWith("kappa ", StringComparison.Ordinal))
        .Select(line => Redirected().Replace(Said().Replace(line, ""), ""));

    /// <summary>The words as a shell takes them, without the name of the program.</summary>
    private static IEnumerable<string> Words(string example) => Word().Matches(example).Skip(1).Select(match => match.Value.Trim('"', '\''));

    private static RootCommand Root() => Application.BuildRoot(new(TextWriter.Null, TextWriter.Null, KappaCatalog.Choices, TimeProvider.System, []));

    private static IEnumerable<(string Path, Command Command)> All(Command parent, string path) => parent.Subcommands.SelectMany(command =>
        All(command, $"{path}{command.Name} ").Prepend(($"{path}{command.Name}", command)));

    [GeneratedRegex(" {2,}.*$")]
    private static partial Regex Said();

    [GeneratedRegex(" >>? .*$")]
    private static partial Regex Redirected();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|[^ ]+")]
    private static partial Regex Word();
}
