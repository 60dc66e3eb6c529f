namespace Kappa.Lab.Tasks.Text;

/// <summary>The settings of the text task: those of the text, and of the transformer.</summary>
internal sealed record TextTaskSettings : ICheckedSettings
{
    // A quarter of it holds sequences.
    private const int FewestWritten = 16;

    [Setting("a file of UTF-8 text, or a folder of .txt files, relative to the config; empty for the Brown corpus (see kappa data)", MayBeEmpty = true)]
    public string Path { get; init; } = "";

    [Setting("the text's", Flat = true)]
    public TextSettings Text { get; init; } = new();

    [Setting("windows of the validation text that are measured along the way; deployment takes all", AtLeast = 1)]
    public int ValidationExamples { get; init; } = 200;

    [Setting(
        "tokens that the deployed model writes after each of 64 beginnings, judged by the divergence of their short sequences from held-out text; "
        + "0 judges it by bits per character", AtLeast = 0, AtMost = 100_000)]
    public int WrittenTokens { get; init; }

    [Setting("what each trained model writes, and who judges it")]
    public GenerationSettings Generation { get; init; } = new();

    [Setting("the figure that counts: of predictions, or how far what the model writes is from real text in bits per character by the judge",
        OneOf = [PreparedText.BitsName, PreparedText.GapName])]
    public string Metric { get; init; } = PreparedText.BitsName;

    [Setting("the transformer's", Flat = true)]
    public TransformerSettings Model { get; init; } = new();

    public void Check(SettingsCheck check)
    {
        check.RequirePath(nameof(Path), Path);
        check.Require(WrittenTokens is 0 or >= FewestWritten, nameof(WrittenTokens), $"0, or {FewestWritten} or more", WrittenTokens);
        if (WrittenTokens > 0 && (Generation.Texts > 0 || Metric != PreparedText.BitsName))
        {
            throw check.Fault(
                nameof(WrittenTokens),
                "the divergence of what is written is the figure that counts then, and no judge is asked; leave generation and metric out, or this");
        }
        if (Metric == PreparedText.GapName && Generation.Texts == 0)
            throw check.Fault(nameof(Metric), $"{Metric} is of texts that the model writes; set task.generation.texts to 1 or more, such as 64");
        check.Require(
            Generation.Texts == 0 || Generation.Prompt <= Model.ContextLength, nameof(Generation), $"a prompt of at most the context, {Model.ContextLength}",
            Generation.Prompt);
    }
}
