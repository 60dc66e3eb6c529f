namespace Kappa.Lab.Tasks.Text;

/// <summary>The settings of the text task: those of the text, and of the transformer.</summary>
internal sealed record TextTaskSettings : ICheckedSettings
{
    [Setting("a file of UTF-8 text, or a folder of .txt files, relative to the config; empty for the Brown corpus (see kappa data)", MayBeEmpty = true)]
    public string Path { get; init; } = "";

    [Setting("the text's", Flat = true)]
    public TextSettings Text { get; init; } = new();

    [Setting("windows of the validation text that are measured along the way; deployment takes all", AtLeast = 1)]
    public int ValidationExamples { get; init; } = 200;

    [Setting("the transformer's", Flat = true)]
    public TransformerSettings Model { get; init; } = new();

    public void Check(SettingsCheck check) => check.RequirePath(nameof(Path), Path);
}
