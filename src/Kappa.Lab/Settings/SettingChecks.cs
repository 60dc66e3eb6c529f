using System.Globalization;

namespace Kappa.Lab.Settings;

/// <summary>Checks of an experiment's settings; each error names the setting as JSON calls it, what it takes and what came.</summary>
internal static class SettingChecks
{
    internal static void Require(bool isMet, string name, string expected, object? got)
    {
        if (!isMet)
        {
            string field = char.ToLowerInvariant(name[0]) + name[1..];
            throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"{field}: expected {expected}; got {got}"));
        }
    }

    internal static void AtLeast(int least, params IEnumerable<(string Name, int Value)> settings)
    {
        foreach (var (name, value) in settings)
            Require(value >= least, name, $"an integer of {least} or more", value);
    }

    internal static void Above0(string name, double value) => Require(double.IsFinite(value) && value > 0, name, "a number above 0", value);

    /// <summary>One learning rate or more, each once. 0 is a rate: what it moves nothing by is a baseline.</summary>
    internal static void Rates(string name, IReadOnlyList<double> rates) =>
        Each(name, rates, rate => double.IsFinite(rate) && rate >= 0, "one number of 0 or more, or several, each once");

    internal static void EachAbove0(string name, IReadOnlyList<double> values) =>
        Each(name, values, value => double.IsFinite(value) && value > 0, "one number above 0, or several, each once");

    internal static void EachAtLeast1(string name, IReadOnlyList<int> values) =>
        Each(name, values, value => value >= 1, "one integer of 1 or more, or several, each once");

    internal static void Names(string name, IReadOnlyList<string> values) => Each(name, values, value => value.Length > 0, "one name, or several, each once");

    private static void Each<T>(string name, IReadOnlyList<T> values, Func<T, bool> fits, string expected)
    {
        bool isMet = values.Count > 0 && values.All(fits) && values.Distinct().Count() == values.Count;
        Require(isMet, name, expected, $"[{string.Join(", ", values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))}]");
    }
}
