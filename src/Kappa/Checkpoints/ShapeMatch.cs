using System.Text.RegularExpressions;
using Kappa.Networks;

namespace Kappa.Checkpoints;

/// <summary>Finds the one way in which the tensors of a file are those of a model by shape and order, or says why there is none.</summary>
internal static partial class ShapeMatch
{
    /// <summary>The pairs.</summary>
    /// <param name="wanted">Names in the model, in its order.</param>
    /// <param name="own">Their tensors.</param>
    /// <param name="offered">The tensors of the file, in any order.</param>
    /// <param name="subject">What errors begin with.</param>
    /// <exception cref="StateMismatchException">There is no way, or more than one.</exception>
    internal static (SafeTensorsEntry Source, string Own)[] Of(string[] wanted, StateDict own, SafeTensorsEntry[] offered, string subject)
    {
        var common = wanted.Select(LastOf).Intersect(offered.Select(entry => LastOf(entry.Name))).ToHashSet(StringComparer.Ordinal);
        // A tensor with several names is one; counters that the file lacks stay.
        var ours = wanted.DistinctBy(name => own[name]).ToLookup(name => Key(name, $"[{string.Join(", ", own[name].Shape.ToArray())}]"));
        var theirs = offered.ToLookup(entry => Key(entry.Name, $"[{string.Join(", ", entry.Shape)}]"));
        List<(SafeTensorsEntry Source, string Own)> pairs = [];
        foreach (var key in ours.Select(group => group.Key).Union(theirs.Select(group => group.Key)))
        {
            string[] to = [.. ours[key]];
            var from = theirs[key].OrderBy(entry => entry.Name, ByNumbers.Instance).ToArray();
            if (from.Length == 0 && to.All(own.IsOptional))
                continue;
            string sides = $"{List(from.Select(entry => entry.Name))} in the file, {List(to)} in the model";
            if (from.Length != to.Length)
                throw new StateMismatchException($"{subject}: of {key} there are {from.Length} in the file and {to.Length} in the model: {sides}");
            if (from.Select(entry => Numbers().Replace(entry.Name, "#")).Distinct().Skip(1).Any())
            {
                throw new StateMismatchException(
                    $"{subject}: of {key} there are {from.Length}, whose names differ in more than numbers, so that their order is not known: {sides}. "
                    + "Give ImportOptions.Rename");
            }
            pairs.AddRange(from.Zip(to));
        }
        foreach (var module in pairs.GroupBy(pair => ModuleOf(pair.Source.Name), StringComparer.Ordinal))
        {
            if (module.Select(pair => ModuleOf(pair.Own)).Distinct().Skip(1).Any())
            {
                string ways = string.Join(", ", module.Select(pair => $"{SafeTensorsException.Plain(pair.Source.Name)} -> {pair.Own}"));
                throw new StateMismatchException(
                    $"{subject}: by shape and order the tensors of one module would go to several: {ways}. Give ImportOptions.Rename");
            }
        }
        return [.. pairs];

        string Key(string name, string shape) => common.Contains(LastOf(name)) ? $"{shape} {SafeTensorsException.Plain(LastOf(name))}" : shape;
    }

    private static string LastOf(string name) => name[(name.LastIndexOf('.') + 1)..];

    private static string ModuleOf(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];

    private static string List(IEnumerable<string> names) => names.Any() ? string.Join(", ", names.Select(SafeTensorsException.Plain)) : "none";

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();

    /// <summary>Names that differ in numbers, by those.</summary>
    private sealed class ByNumbers : IComparer<string>
    {
        internal static ByNumbers Instance { get; } = new();

        public int Compare(string? x, string? y)
        {
            // Without leading zeros the longer number is the larger one, however long a stranger made it.
            foreach (var (first, second) in Values(x!).Zip(Values(y!)))
            {
                int order = first.Length != second.Length ? first.Length.CompareTo(second.Length) : string.CompareOrdinal(first, second);
                if (order != 0)
                    return order;
            }
            return StringComparer.Ordinal.Compare(x, y);
        }

        private static IEnumerable<string> Values(string name) => Numbers().Matches(name).Select(match => match.Value.TrimStart('0'));
    }
}
