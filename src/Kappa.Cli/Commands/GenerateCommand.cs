using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa generate</c>.</summary>
internal static class GenerateCommand
{
    internal const string PromptName = "--prompt";

    internal static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = "The folder of a run of kappa train on text, or one of its checkpoints." };
        var prompt = new Option<string>(PromptName) { Description = "What the text begins with.", DefaultValueFactory = _ => "", HelpName = "text" };
        var tokens = Options.Count("--tokens", 500, "Tokens to write, 1 or more.");
        var temperature = Options.Number(
            "--temperature", 0.8, "Below 1 likely tokens come more often; 0 always takes the likeliest.",
            text => Options.Finite(text) >= 0, "a number of 0 or more");
        var topK = Options.Count("--top-k", 0, "Draw among the likeliest so many tokens only; 0 for all.", 0);
        var seed = Options.Count("--seed", 0, "Decides the draws: the same seed writes the same text.", 0, "number");
        return new Command(
            "generate",
            "Lets a language model that kappa train trained write, and prints the text as it comes.\n\n"
            + "Examples:\n"
            + "  kappa generate runs/brown-characters-1 --prompt \"The President said\"\n"
            + "  kappa generate runs/brown-characters-1/checkpoints/step-00001000 --temperature 0.6 --top-k 10 --seed 3")
        {
            run, prompt, tokens, temperature, topK, seed,
        }.Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            var model = LanguageModel.Load(parsed.GetRequiredValue(run), context.Choices);
            var options = new SamplingOptions { Temperature = parsed.GetValue(temperature), TopK = parsed.GetValue(topK) };
            Write(context, model, parsed.GetRequiredValue(prompt), parsed.GetValue(tokens), options, new Philox((ulong)parsed.GetValue(seed)), cancellation);
            return ExitCode.Done;
        }));
    }

    private static void Write(
        CommandContext context, LanguageModel model, string prompt, int count, SamplingOptions options, Philox generator, CancellationToken cancellation)
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
        context.Output.Write(prompt);
        // A token may end in the middle of a character; the decoder keeps the first bytes until the others come.
        var decoder = Encoding.UTF8.GetDecoder();
        foreach (int token in model.Generate(start, options, generator).Take(count))
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = model.Tokenizer.BytesOf(token);
            char[] characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
            context.Output.Write(characters.AsSpan(0, decoder.GetChars(bytes, characters, flush: false)));
            context.Output.Flush();
        }
        // Not flushed: half a character at the end was only cut off by the count.
        context.Output.WriteLine();
    }

    /// <summary>The tokens of the prompt; without one, those between two documents, after which a new one begins.</summary>
    private static int[] Encode(Tokenizer tokenizer, string prompt)
    {
        try
        {
            return tokenizer.Encode(prompt.Length == 0 ? "\n\n" : prompt);
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"--prompt: {error.Message.Split(" (Parameter", 2)[0]}");
        }
    }
}
