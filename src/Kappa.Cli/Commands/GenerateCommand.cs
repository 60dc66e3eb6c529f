using System.CommandLine;
using System.Diagnostics;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa generate</c>.</summary>
internal static class GenerateCommand
{
    internal const string PromptName = "--prompt";

    internal static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = "The folder of a run of kappa train on text, or one of its checkpoints." };
        var prompt = new Option<string[]>(PromptName)
        {
            Description = "What the text begins with. May be given several times: all are written side by side.", DefaultValueFactory = _ => [""],
            HelpName = "text",
        };
        var samples = Options.Count("--samples", 1, "Texts to write for each prompt, 1 or more.");
        var tokens = Options.Count("--tokens", 500, "The most tokens of a text, 1 or more.");
        var stop = new Option<string[]>("--stop")
        {
            Description = "A text ends before this string. May be given several times.", DefaultValueFactory = _ => [], HelpName = "text",
        };
        var temperature = Options.Number(
            "--temperature", 0.8, "Below 1 likely tokens come more often; 0 always takes the likeliest.",
            text => Options.Finite(text) >= 0, "a number of 0 or more");
        var topK = Options.Count("--top-k", 0, "Draw among the likeliest so many tokens only; 0 for all.", 0);
        var topP = Options.Number(
            "--top-p", 1.0, "Draw among the likeliest tokens only that together have this probability; 1 for all.",
            text => Options.Finite(text) is > 0 and <= 1, "a number above 0 and at most 1");
        var json = new Option<bool>("--json") { Description = "One JSON object for each text on a line of its own: prompt, text, tokens, isStopped." };
        var seed = Options.Count("--seed", 0, "Decides the draws: the same seed writes the same text.", 0, "number");
        var device = new DeviceOptions("Where the model computes", hasPrecision: false);
        return device.AddTo(new Command(
            "generate",
            "Lets a language model that kappa train trained write, and prints the text as it comes.\n\n"
            + "Examples:\n"
            + "  kappa generate runs/brown-characters-1 --prompt \"The President said\"\n"
            + "  kappa generate runs/brown-characters-1/checkpoints/step-00001000 --temperature 0.6 --top-p 0.9 --seed 3\n"
            + "  kappa generate runs/brown-characters-1 --prompt \"He\" --prompt \"She\" --samples 10 --stop . --json")
        {
            run, prompt, samples, tokens, stop, temperature, topK, topP, json, seed,
        }).Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            // That there is no such device is said before anything is read.
            var place = device.Open(parsed);
            var model = LanguageModel.Load(parsed.GetRequiredValue(run), context.Choices);
            Options.RequireThere(parsed, topK, model.Tokenizer.VocabularySize, "tokens in the vocabulary");
            model.MoveTo(place);
            var options = new SamplingOptions
            {
                Temperature = parsed.GetValue(temperature), TopK = parsed.GetValue(topK), TopP = parsed.GetValue(topP),
            };
            string[] stops = parsed.GetRequiredValue(stop);
            if (stops.Contains(""))
                throw new UsageException("--stop: expected a text of one character or more; got an empty one");
            var generator = new Philox((ulong)parsed.GetValue(seed));
            string[] prompts = [.. parsed.GetRequiredValue(prompt).SelectMany(text => Enumerable.Repeat(text, parsed.GetValue(samples)))];
            foreach (string text in prompts.Distinct())
                Note(context, model, text);
            if (prompts.Length == 1 && !parsed.GetValue(json))
                Write(context, model, prompts[0], parsed.GetValue(tokens), stops, options, generator, cancellation);
            else
                WriteAll(context, model, prompts, parsed.GetValue(tokens), stops, options, generator, parsed.GetValue(json), cancellation);
            return ExitCode.Done;
        }));
    }

    /// <summary>Says what the model does not see of a prompt.</summary>
    private static void Note(CommandContext context, LanguageModel model, string prompt)
    {
        int[] start = Encode(model.Tokenizer, prompt);
        if (start.Length > model.ContextLength)
            context.Error.WriteLine(
                $"note: the prompt has {start.Length} tokens, and the model sees {model.ContextLength}: it goes on from the last {model.ContextLength}");
        if (model.Tokenizer is CharacterTokenizer { UnknownToken: { } unknown } && start.Count(token => token == unknown) is > 0 and var strange)
        {
            context.Error.WriteLine(
                $"note: {strange} character{(strange == 1 ? "" : "s")} of the prompt did not occur in the training text; "
                + "the model sees a mark for unknown ones");
        }
    }

    private static void Write(
        CommandContext context, LanguageModel model, string prompt, int count, string[] stops, SamplingOptions options, Philox generator,
        CancellationToken cancellation)
    {
        context.Output.Write(prompt);
        var written = new WrittenText(model.Tokenizer, stops);
        foreach (int token in model.Generate(Encode(model.Tokenizer, prompt), options, generator).Take(count))
        {
            cancellation.ThrowIfCancellationRequested();
            context.Output.Write(written.Add(token));
            context.Output.Flush();
            if (written.IsComplete)
                break;
        }
        context.Output.WriteLine(written.Rest());
    }

    private static void WriteAll(
        CommandContext context, LanguageModel model, string[] prompts, int count, string[] stops, SamplingOptions options, Philox generator, bool json,
        CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        var texts = model.Generate([.. prompts.Select(Start)], options, count, stops, generator, cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        for (int i = 0; i < prompts.Length; i++)
        {
            if (json)
            {
                context.Output.WriteLine(
                    new JsonObject { ["prompt"] = prompts[i], ["text"] = texts[i].Text, ["tokens"] = texts[i].Tokens, ["isStopped"] = texts[i].IsStopped }
                        .ToJsonString());
                continue;
            }
            context.Output.WriteLine($"{(i > 0 ? Environment.NewLine : "")}--- {i + 1} of {prompts.Length} ---");
            context.Output.WriteLine(prompts[i] + texts[i].Text);
        }
        int all = texts.Sum(text => text.Tokens);
        context.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{prompts.Length} texts, {all} tokens in {seconds:F1} s: {all / seconds:F0} tokens/s"));
    }

    /// <summary>Without a prompt, what stands between two documents, after which a new one begins.</summary>
    private static string Start(string prompt) => prompt.Length == 0 ? "\n\n" : prompt;

    /// <summary>The tokens of the prompt.</summary>
    private static int[] Encode(Tokenizer tokenizer, string prompt)
    {
        try
        {
            return tokenizer.Encode(Start(prompt));
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"--prompt: {error.Message.Split(" (Parameter", 2)[0]}");
        }
    }
}
