namespace Kappa.Lab.Tasks.Supervised;

/// <summary>The settings of text files.</summary>
internal sealed record TextFileSettings : TextSettings, ICheckedSettings
{
    [Setting("a file of UTF-8 text, or a folder of .txt files; relative to the config", Takes = "a file of UTF-8 text, or a folder of .txt files")]
    public required string Path { get; init; }

    public void Check(SettingsCheck check) => check.RequirePath(nameof(Path), Path);
}
