using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kappa.Lab.Settings;

/// <summary>A record of settings, which is read, checked, written and described as its properties declare by a <see cref="SettingAttribute"/>; for options of
/// the library a table does.</summary>
/// <remarks>A property without <c>required</c> has the default that a new record gives it. See <see cref="SettingsOf{T}"/> for the typed form.</remarks>
public sealed partial class SettingsType : SettingForm
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly ConcurrentDictionary<Type, SettingsType> Known = new();
    private static readonly MethodInfo Clone = typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly Type _type;

    internal SettingsType(Type type, IEnumerable<Setting> settings) => (_type, Settings) = (type, [.. settings]);

    /// <summary>The settings, those of a base record first.</summary>
    public IReadOnlyList<Setting> Settings { get; }

    internal IEnumerable<string> Required =>
        Settings.Where(setting => setting.IsRequired).Select(setting => setting.IsFlat ? ChoiceForm.NameField : setting.Name);

    /// <summary>The settings that a record declares.</summary>
    /// <param name="type">A record with a constructor without parameters.</param>
    public static SettingsType Of(Type type) => Known.GetOrAdd(type, one => new SettingsType(one, LibrarySettings.Of(one) ?? DeclaredBy(one)));

    /// <summary>A record with every setting at its default.</summary>
    public object Defaults() => HasDefaults(_type) ? Activator.CreateInstance(_type, nonPublic: true)! : RuntimeHelpers.GetUninitializedObject(_type);

    /// <summary>Reads a JSON object strictly; null has all defaults, and what is left out that of the given record, or the usual one.</summary>
    /// <exception cref="ConfigException">A field is unknown, missing, of a wrong type or out of range; the message begins with its path.</exception>
    internal object Read(JsonElement? element, string path, Choices choices, object? defaults = null)
    {
        if (element is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given)
            given = JsonElement.Parse("{}");
        var fields = new SettingFields(given, path, Expected(choices));
        fields.RequireKnown([.. Names(fields, choices)]);
        return ReadFrom(fields, defaults, choices);
    }

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices) => Read(element, path, choices, defaults);

    /// <exception cref="ConfigException">A setting is out of range, or does not go with another.</exception>
    internal override void Check(object value, string path)
    {
        foreach (var setting in Settings)
        {
            if (setting.Of(value) is { } one)
                setting.Form.Check(one, setting.IsFlat ? path : SettingFields.PathOf(path, setting.Name));
        }
        (value as ICheckedSettings)?.Check(new SettingsCheck(path, Choices.None));
    }

    /// <summary>Writes a record with every default spelt out; it reads back as an equal one.</summary>
    internal override JsonObject Write(object value)
    {
        var result = new JsonObject();
        WriteInto(value, result);
        return result;
    }

    private ChoiceForm? FlatChoice => Settings.Where(setting => setting.IsFlat).Select(setting => setting.Form).OfType<ChoiceForm>().FirstOrDefault();

    internal override string Expected(Choices choices) => FlatChoice?.Expected(choices) ?? "an object in braces";

    internal IEnumerable<string> Names(SettingFields fields, Choices choices) => Settings.SelectMany(setting => (setting.IsFlat, setting.Form) switch
    {
        (true, SettingsType record) => record.Names(fields, choices),
        (true, ChoiceForm choice) => [ChoiceForm.NameField, .. choice.KindIn(fields, choices, out _).SettingsType.Names(fields, choices)],
        _ => [setting.Name],
    });

    internal object ReadFrom(SettingFields fields, object? defaults, Choices choices)
    {
        object result = Clone.Invoke(defaults ?? Defaults(), null)!;
        foreach (var setting in Settings)
        {
            if (setting is { IsFlat: true, Form: SettingsType record })
                setting.Set(result, record.ReadFrom(fields, setting.Of(result), choices));
            else if (setting is { IsFlat: true, Form: ChoiceForm choice })
                setting.Set(result, choice.ReadFlat(fields, choices));
            else if (fields.Find(setting.Name) is { } element)
                setting.Set(result, setting.Form.Read(element, fields.PathOf(setting.Name), setting.Form is SettingsType ? setting.Of(result) : null, choices));
            else if (setting.IsRequired)
                throw new ConfigException($"{fields.PathOf(setting.Name)}: expected {setting.Form.Expected(choices)}; it is missing");
        }
        var check = new SettingsCheck(fields.Path, choices);
        result = (result as ICompletedSettings)?.Complete(check) ?? result;
        (result as ICheckedSettings)?.Check(check);
        return result;
    }

    internal void WriteInto(object settings, JsonObject into)
    {
        foreach (var setting in Settings)
        {
            if (setting.Of(settings) is not { } value)
                continue;
            if (!setting.IsFlat)
                into[setting.Name] = setting.Form.Write(value);
            else if (setting.Form is SettingsType record)
                record.WriteInto(value, into);
            else
                ChoiceForm.WriteFlat((Choice)value, into);
        }
    }

    /// <summary>Whether a new record has values; one whose constructor takes them all requires every setting.</summary>
    internal static bool HasDefaults(Type type) => type.GetConstructor(Members, Type.EmptyTypes) is not null;

    private static IEnumerable<Setting> DeclaredBy(Type? type) => type is null ? [] : DeclaredBy(type.BaseType).Concat(
        from property in type.GetProperties(Members | BindingFlags.DeclaredOnly)
        let declared = property.GetCustomAttribute<SettingAttribute>(inherit: false)
        where declared is not null
        select new Setting(property, declared));
}
