namespace Kappa.Lab.Tasks.Text;

/// <summary>The settings of the text task: those of the text, and of the transformer.</summary>
internal sealed record TextTaskSettings : ICheckedSettings
{
    [Setting("a file of UTF-8 text, or a folder of .txt files, relative to the config; empty for the Brown corpus (see kappa data)", MayBeEmpty = true)]
    public string Path { get; init; } = "";

    [Setting("the text's", Flat = true)]
    public TextSettings Text { get; init; } = new();

    [Setting(
        "windows of the validation text that are measured along the way; deployment takes all where bits per character are the figure that counts",
        AtLeast = 1)]
    public int ValidationExamples { get; init; } = 200;

    [Setting("what each trained model writes, and who judges it")]
    public GenerationSettings Generation { get; init; } = new();

    [Setting(
        "the figure that counts: bits per character of predictions, the divergence of what the model writes from held-out text, or how far the judge's bits "
        + "of it are from those of real text", OneOf = [PreparedText.BitsName, TextMeasures.Divergence, TextMeasures.JudgeGap])]
    public string Metric { get; init; } = PreparedText.BitsName;

    [Setting("the transformer's", Flat = true)]
    public TransformerSettings Model { get; init; } = new();

    public void Check(SettingsCheck check)
    {
        check.RequirePath(nameof(Path), Path);
        if (Metric != PreparedText.BitsName && Generation.Texts == 0)
            throw check.Fault(nameof(Metric), $"{Metric} is of texts that the model writes; set task.generation.texts to 1 or more, such as 64");
        if (Metric == TextMeasures.JudgeGap && !Generation.HasJudge)
            throw check.Fault(nameof(Metric), $"{Metric} needs a judge; set task.generation.judgeSteps to 1 or more, such as 1500");
        check.Require(
            Generation.Texts == 0 || Generation.Prompt <= Model.ContextLength, nameof(Generation), $"a prompt of at most the context, {Model.ContextLength}",
            Generation.Prompt);
    }
}
