using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kappa.Lab.Settings;

/// <summary>One setting of a record.</summary>
public sealed class Setting
{
    private readonly PropertyInfo _property;
    private readonly SettingAttribute _declared;

    internal Setting(PropertyInfo property, SettingAttribute declared)
    {
        (_property, _declared) = (property, declared);
        Name = declared.Name ?? NameOf(property.Name);
        IsRequired = property.GetCustomAttribute<RequiredMemberAttribute>() is not null || !SettingsType.HasDefaults(property.DeclaringType!);
        Form = SettingForm.Of(property.PropertyType, declared, property.GetCustomAttribute<RangeAttribute>());
    }

    /// <summary>The JSON field.</summary>
    public string Name { get; }

    /// <summary>One line.</summary>
    public string Meaning => _declared.Meaning;

    internal bool IsFlat => _declared.Flat;

    internal bool IsRequired { get; }

    internal SettingForm Form { get; }

    internal string? DefaultText => _declared.DefaultText;

    internal Type Type => _property.PropertyType;

    internal static string NameOf(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);

    internal object? Of(object settings) => _property.GetValue(settings) ?? (_declared.ZeroIsNull ? 0.0 : null);

    internal void Set(object settings, object? value) => _property.SetValue(settings, _declared.ZeroIsNull && value is 0.0 ? null : value);

    /// <summary>The default as JSON; null where it follows from other settings, or nothing is the default.</summary>
    internal JsonNode? Default(object defaults) => IsRequired || DefaultText is not null || Of(defaults) is not { } value ? null : Form.Write(value);

    internal JsonObject Schema(object defaults, Choices choices)
    {
        var schema = Form.Schema(choices);
        schema.Insert(0, "description", DefaultText is null ? Meaning : $"{Meaning}; default {DefaultText}");
        if (Default(defaults) is { } value)
            schema["default"] = value;
        return schema;
    }
}
