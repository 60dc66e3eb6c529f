using Kappa.Lab.Settings;

namespace Kappa.Cli.Display;

/// <summary>Lists settings as aligned lines.</summary>
internal static class SettingsText
{
    internal static void Write(TextWriter output, IReadOnlyList<SettingDescription> settings)
    {
        int width = settings.Count == 0 ? 0 : settings.Max(setting => Head(setting).Length);
        foreach (var setting in settings)
        {
            string choices = setting.Choices is { } names ? $" ({string.Join(", ", names)})" : "";
            output.WriteLine($"    {Head(setting).PadRight(width)}  {setting.Meaning}{choices}");
        }
        output.WriteLine();
    }

    private static string Head(SettingDescription setting) => $"{setting.Name} = {setting.Default}";
}
