namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A method of a continual benchmark as an optimizer with settings of its own.</summary>
internal sealed record MethodSettings : OptimizerChoice, ICheckedSettings
{
    [Setting("what tables and plots call it; no two share one", DefaultText = "the optimizer's title")]
    public string Label { get => field ?? Title; init; }

    public void Check(SettingsCheck check) => check.Require(Label.Any(char.IsLetterOrDigit), nameof(Label), "a letter or a digit in it", $"\"{Label}\"");
}
