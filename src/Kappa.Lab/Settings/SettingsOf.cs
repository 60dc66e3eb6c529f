namespace Kappa.Lab.Settings;

/// <summary>Reads, checks and writes a record of settings; see <see cref="SettingsType"/>.</summary>
/// <typeparam name="T">A record whose settings carry a <see cref="SettingAttribute"/>.</typeparam>
/// <remarks>
/// <code>
/// internal sealed record TaskSettings
/// {
///     [Setting("dimension of the state", AtLeast = 1, AtMost = 64)]
///     public int States { get; init; } = 8;
/// }
/// var settings = SettingsOf&lt;TaskSettings&gt;.Read(json, "task", choices);
/// </code>
/// </remarks>
public static class SettingsOf<T>
    where T : class
{
    internal static SettingsType Type { get; } = SettingsType.Of(typeof(T));

    internal static T Read(JsonElement? element, string path, Choices choices, T? defaults = null) => (T)Type.Read(element, path, choices, defaults);

    internal static void Check(T settings) => Type.Check(settings, "");

    /// <summary>Every setting, spelt out as JSON that reads back as the same.</summary>
    /// <param name="settings">The settings.</param>
    public static JsonObject Write(T settings) => Type.Write(settings);
}
