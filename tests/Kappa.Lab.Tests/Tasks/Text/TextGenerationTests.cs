using System.Text.Json;

namespace Kappa.Lab.Tests.Tasks.Text;

public sealed class TextGenerationTests
{
    private const string Settings = """
        { "path": "PATH", "contextLength": 16, "width": 16, "layers": 1, "heads": 2, "validationExamples": 4, "validationShare": 0.4, "metric": "judge gap",
          "generation": { "texts": 6, "tokens": 20, "prompt": 4, "judgeSteps": 60, "judgeRate": 0.01 } }
        """;

    [Fact]
    public void What_models_write_is_measured_beside_real_text_and_repeats()
    {
        using var folder = new TemporaryFolder();
        var (task, again) = (Prepare(folder, Words(4000)), Prepare(folder, Words(4000)));
        var model = task.CreateModel(null, new Philox(0));
        using var quiet = NoGradient.Begin();
        var first = task.Deploy(model, CancellationToken.None);
        Assert.Equal("judge gap", task.MetricName);
        Assert.Equal(first.Scalars["judge gap"], first.Metric);
        Assert.Equal(
            first.Metric, Math.Abs(first.Scalars["judge's bits per character"] - first.Scalars["judge's bits per character, real text"]), 12);
        // An untrained model writes noise, which a judge of words finds unlikely and which has no repetitions.
        Assert.True(first.Scalars["judge's bits per character"] > first.Scalars["judge's bits per character, real text"] + 1);
        Assert.True(first.Scalars["n-gram bits per character"] > first.Scalars["n-gram bits per character, real text"] + 1);
        Assert.True(first.Scalars["distinct 4-grams"] > first.Scalars["distinct 4-grams, real text"]);
        Assert.All(first.Curves.Skip(1), curve => Assert.Equal([8.0, 16, 20], curve.Horizons));
        // Bits by position, and five measures of what it writes and of real text.
        Assert.Equal(11, first.Curves.Count);
        Assert.True(first.Scalars["divergence"] > first.Scalars["divergence, real text"] + 0.2);
        var second = again.Deploy(model, CancellationToken.None);
        Assert.Equal(first.Scalars, second.Scalars);
        Assert.Equal(first.Curves.Select(curve => curve.Values), second.Curves.Select(curve => curve.Values));
        Assert.Contains("passage of the validation text is among it", Assert.Single(task.Notes).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_text_has_no_gap_and_its_bands_average_to_the_whole()
    {
        using var folder = new TemporaryFolder();
        var real = ((PreparedText)Prepare(folder, Words(4000))).Writing!.Real;
        double[] bits = real.Measures.Single(measure => measure.Name == TextMeasures.JudgeBits).AtHorizons;
        Assert.Equal(real.Whole(TextMeasures.JudgeBits), (8 * bits[0] / 20) + (8 * bits[1] / 20) + (4 * bits[2] / 20), 9);
        Assert.InRange(real.Whole(TextMeasures.JudgeBits), 0.1, 4);
    }

    [Fact]
    public void A_judge_that_has_read_the_text_it_judges_by_is_refused()
    {
        using var folder = new TemporaryFolder();
        string words = Words(2000);
        var error = Assert.Throws<ConfigException>(() => Prepare(folder, words + words));
        Assert.Matches("^task.generation: the training text holds [0-9]+ of [0-9]+ passages of the validation text, word for word", error.Message);
    }

    [Theory]
    [InlineData("\"texts\": 6", "\"texts\": 0", "task.metric: judge gap is of texts that the model writes; set task.generation.texts")]
    [InlineData("\"tokens\": 20", "\"tokens\": 481", "task.generation.tokens: expected an integer from 8 to 480; got 481")]
    [InlineData("\"judgeSteps\": 60", "\"judgeSteps\": 0", "task.metric: judge gap needs a judge; set task.generation.judgeSteps")]
    [InlineData("\"metric\": \"judge gap\"", "\"metric\": \"gap\"", "task.metric: ")]
    [InlineData("\"prompt\": 4", "\"prompt\": 17", "task.generation: expected a prompt of at most the context, 16; got 17")]
    [InlineData("\"validationShare\": 0.4", "\"validationShare\": 0.0002", "task.generation.tokens: expected texts of fewer tokens")]
    public void Faults_are_named_by_their_path(string from, string to, string message)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<ConfigException>(() => Prepare(folder, Words(40_000), Settings.Replace(from, to, StringComparison.Ordinal)));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    private static string Words(int count)
    {
        string[] words = ["the", "sheep", "looks", "up", "and", "sees", "a", "hill", "green", "as", "grass", "can", "be"];
        var generator = new Philox(8);
        return string.Join(' ', Enumerable.Range(0, count).Select(_ => words[generator.NextInt32(words.Length)]));
    }

    private static PreparedTask Prepare(TemporaryFolder folder, string text, string settings = Settings)
    {
        File.WriteAllText(folder["text.txt"], text);
        using var json = JsonDocument.Parse(settings.Replace("PATH", folder["text.txt"], StringComparison.Ordinal));
        return new TextTask().Prepare(json.RootElement, null, CancellationToken.None);
    }
}
