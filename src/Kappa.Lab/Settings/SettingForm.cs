namespace Kappa.Lab.Settings;

/// <summary>How a type of setting is read, checked, written and described.</summary>
public abstract class SettingForm
{
    /// <summary>What it takes, such as <c>an integer of 1 or more</c>.</summary>
    internal abstract string Expected(Choices choices);

    /// <summary>Reads a value that is not null; the default counts for what a nested object leaves out.</summary>
    internal abstract object Read(JsonElement element, string path, object? defaults, Choices choices);

    /// <summary>Checks a value that was not read.</summary>
    internal abstract void Check(object value, string path);

    internal abstract JsonNode Write(object value);

    internal abstract JsonObject Schema(Choices choices);

    /// <summary>The form of a property's type, within the library's range where it has one; of a list, an own form is that of its items.</summary>
    internal static SettingForm Of(Type type, SettingAttribute declared, RangeAttribute? library = null)
    {
        if (ListForm.ItemOf(type) is { } item)
            return new ListForm(item, Of(item, declared), declared);
        if (declared.Form is { } own)
            return (SettingForm)Activator.CreateInstance(own, nonPublic: true)!;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return new TextForm(declared.OneOf, declared.MayBeEmpty, declared.Takes);
        if (type == typeof(bool))
            return new FlagForm();
        if (type.IsEnum)
            return TextForm.OfEnumeration(type, declared);
        if (NumberForm.Takes(type))
            return new NumberForm(type, declared, library);
        if (typeof(Choice).IsAssignableFrom(type))
            return new ChoiceForm(type, declared.AllowName);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return new DictionaryForm(type, Of(type.GetGenericArguments()[1], declared));
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Switched<>)
            ? new SwitchForm(type)
            : declared.Only is { } only ? new SettingsType(type, LibrarySettings.Of(type, only)) : SettingsType.Of(type);
    }
}
