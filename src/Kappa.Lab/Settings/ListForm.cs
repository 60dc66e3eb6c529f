using System.Collections;

namespace Kappa.Lab.Settings;

/// <summary>A list; of integers also a count, where that is declared.</summary>
internal sealed class ListForm(Type itemType, SettingForm item, SettingAttribute declared) : SettingForm
{
    private int CountUpTo => item is NumberForm ? declared.CountUpTo : 0;

    internal static Type? ItemOf(Type type) => type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0]
        : null;

    internal override string Expected(Choices choices)
    {
        string list = $"an array of {(declared.MayBeEmpty ? "items: " : "at least one item: ")}{item.Expected(choices)}";
        return CountUpTo == 0 ? list : $"an integer from 1 to {CountUpTo}, or {list}";
    }

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices)
    {
        if (CountUpTo > 0 && element.ValueKind == JsonValueKind.Number)
        {
            return element.TryGetInt32(out int count) && count >= 1 && count <= CountUpTo
                ? ArrayOf(Enumerable.Range(0, count).Select(index => Convert.ChangeType(index, itemType, CultureInfo.InvariantCulture)))
                : throw SettingFields.Unexpected(path, $"an integer from 1 to {CountUpTo}, or an array", element);
        }
        if (element.ValueKind != JsonValueKind.Array)
            throw SettingFields.Unexpected(path, Expected(choices), element);
        var list = ArrayOf(element.EnumerateArray().Select((one, index) => item.Read(one, PathOf(path, index), null, choices)));
        CheckCount(list, path, choices);
        return list;
    }

    internal override void Check(object value, string path)
    {
        object[] items = [.. ((IEnumerable)value).Cast<object>()];
        for (int index = 0; index < items.Length; index++)
            item.Check(items[index], PathOf(path, index));
        CheckCount(items, path, Choices.None);
    }

    internal override JsonNode Write(object value) => new JsonArray([.. ((IEnumerable)value).Cast<object>().Select(item.Write)]);

    internal override JsonObject Schema(Choices choices)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.Schema(choices) };
        if (!declared.MayBeEmpty)
            schema["minItems"] = 1;
        if (declared.OnceEach)
            schema["uniqueItems"] = true;
        if (CountUpTo == 0)
            return schema;
        return new JsonObject { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = CountUpTo }, schema) };
    }

    private void CheckCount(Array list, string path, Choices choices)
    {
        if (list.Length == 0 && !declared.MayBeEmpty)
            throw SettingFields.Unexpected(path, Expected(choices), "[]");
        var same = list.Cast<object>().GroupBy(value => item.Write(value).ToJsonString());
        if (declared.OnceEach && same.FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ConfigException($"{path}: {twice.Key} is given twice; give each once");
    }

    private Array ArrayOf(IEnumerable<object> items)
    {
        object[] all = [.. items];
        var result = Array.CreateInstance(itemType, all.Length);
        Array.Copy(all, result, all.Length);
        return result;
    }

    private static string PathOf(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
