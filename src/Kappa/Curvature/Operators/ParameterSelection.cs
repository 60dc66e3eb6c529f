using System.Text.RegularExpressions;
using Kappa.Networks;
using Kappa.Text;

namespace Kappa.Curvature.Operators;

/// <summary>Picks parameters by name.</summary>
internal static class ParameterSelection
{
    internal static IReadOnlyList<Parameter> Select(IReadOnlyList<Parameter> all, string? pattern)
    {
        if (all.Count == 0)
            throw new ArgumentException("the model has no parameters", nameof(all));
        if (pattern is null)
            return all;
        string text = "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "($|\\.)";
        var chosen = all.Where(parameter => Regex.IsMatch(parameter.Name, text, RegexOptions.CultureInvariant)).ToArray();
        if (chosen.Length > 0)
            return chosen;
        string near = NearestName.Suggest(pattern, all.Select(parameter => parameter.Name)) is { } name ? $" Did you mean {name}?" : "";
        throw new ArgumentException(
            $"RiskOptions.Parameters: no parameter matches \"{pattern}\" among "
            + $"{string.Join(", ", all.Take(8).Select(parameter => parameter.Name))}{(all.Count > 8 ? ", ..." : "")}.{near}", nameof(pattern));
    }
}
