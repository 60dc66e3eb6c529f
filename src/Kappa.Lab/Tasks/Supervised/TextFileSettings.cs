namespace Kappa.Lab.Tasks.Supervised;

/// <summary>The settings of text files.</summary>
internal sealed record TextFileSettings : TextSettings, ICheckedSettings
{
    [Setting("a file of UTF-8 text, or a folder of .txt files; relative to the config", Takes = "a file of UTF-8 text, or a folder of .txt files")]
    public required string Path { get; init; }

    public void Check(SettingsCheck check)
    {
        if (Path.Contains('\0', StringComparison.Ordinal))
            throw check.Fault(nameof(Path), "expected a path; got one with a character 0 in it, which no path has");
    }
}
