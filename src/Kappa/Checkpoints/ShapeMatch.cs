using System.Text.RegularExpressions;
using Kappa.Networks;

namespace Kappa.Checkpoints;

/// <summary>Finds the one way in which the tensors of a file are those of a model by shape and order, or says why there is none.</summary>
/// <param name="own">The model.</param>
/// <param name="shapeOf">The shape of a tensor of the file, in the layout of the model.</param>
internal sealed partial class ShapeMatch(StateDict own, Func<SafeTensorsEntry, long[]> shapeOf)
{
    /// <summary>The pairs; null where there is no way, or more than one.</summary>
    /// <param name="wanted">Names in the model, in its order.</param>
    /// <param name="offered">The tensors of the file, in any order.</param>
    /// <param name="fault">Why there are none.</param>
    internal (SafeTensorsEntry Source, string Own)[]? Find(string[] wanted, SafeTensorsEntry[] offered, out string fault)
    {
        var common = wanted.Select(TensorName.Last).Intersect(offered.Select(entry => TensorName.Last(entry.Name))).ToHashSet(StringComparer.Ordinal);
        // A tensor with several names is one; counters that the file lacks stay.
        string[] ownNames = [.. wanted.DistinctBy(name => own[name])];
        var pairs = ByModules(ownNames, offered);
        var taken = pairs.Select(pair => pair.Own).ToHashSet(StringComparer.Ordinal);
        var used = pairs.Select(pair => pair.Source).ToHashSet();
        var ours = ownNames.Where(name => !taken.Contains(name)).ToLookup(name => Key(name, ShapeOf(name)));
        var theirs = offered.Where(entry => !used.Contains(entry)).ToLookup(entry => Key(entry.Name, ShapeOf(entry)));
        foreach (var key in ours.Select(group => group.Key).Union(theirs.Select(group => group.Key)))
        {
            string[] to = [.. ours[key]];
            var from = theirs[key].OrderBy(entry => entry.Name, ByNumbers.Instance).ToArray();
            if (from.Length == 0 && to.All(own.IsOptional))
                continue;
            string sides = $"{List(from.Select(entry => entry.Name))} in the file, {List(to)} in the model";
            if (from.Length != to.Length)
                return None($"of {key} there are {from.Length} in the file and {to.Length} in the model: {sides}", out fault);
            if (DifferInMore(from.Select(entry => entry.Name)))
            {
                return None(
                    $"of {key} there are {from.Length}, whose names differ in more than numbers, so that their order is not known: {sides}", out fault);
            }
            pairs.AddRange(from.Zip(to));
        }
        foreach (var module in pairs.GroupBy(pair => TensorName.Module(pair.Source.Name), StringComparer.Ordinal))
        {
            if (module.Select(pair => TensorName.Module(pair.Own)).Distinct().Skip(1).Any())
            {
                string ways = string.Join(", ", module.Select(pair => $"{SafeTensorsException.Plain(pair.Source.Name)} -> {pair.Own}"));
                return None($"by shape and order the tensors of one module would go to several: {ways}", out fault);
            }
        }
        fault = "";
        return [.. pairs];

        string Key(string name, string shape) =>
            common.Contains(TensorName.Last(name)) ? $"{shape} {SafeTensorsException.Plain(TensorName.Last(name))}" : shape;
    }

    /// <summary>Modules that have the same tensors, by last name and shape, on both sides: a convolution has a bias of the shape that its normalisation has,
    /// and only together with its weight does it show which it is.</summary>
    private List<(SafeTensorsEntry Source, string Own)> ByModules(string[] wanted, SafeTensorsEntry[] offered)
    {
        // Counters may be there or not.
        var optional = wanted.Where(own.IsOptional).Select(TensorName.Last).ToHashSet(StringComparer.Ordinal);
        var theirs = offered.GroupBy(entry => TensorName.Module(entry.Name), StringComparer.Ordinal)
            .ToLookup(module => Signature(module.Select(entry => (TensorName.Last(entry.Name), ShapeOf(entry)))));
        List<(SafeTensorsEntry Source, string Own)> pairs = [];
        foreach (var alike in wanted.GroupBy(TensorName.Module, StringComparer.Ordinal)
            .GroupBy(module => Signature(module.Select(name => (TensorName.Last(name), ShapeOf(name))))))
        {
            var there = theirs[alike.Key].OrderBy(module => module.Key, ByNumbers.Instance).ToArray();
            if (alike.Key.Length == 0 || there.Length != alike.Count() || DifferInMore(there.Select(module => module.Key)))
                continue;
            pairs.AddRange(
                from pair in there.Zip(alike)
                from entry in pair.First
                from name in pair.Second
                where TensorName.Last(entry.Name) == TensorName.Last(name) && ShapeOf(entry) == ShapeOf(name)
                select (entry, name));
        }
        return pairs;

        string Signature(IEnumerable<(string Last, string Shape)> tensors) => string.Join(
            ';', tensors.Where(tensor => !optional.Contains(tensor.Last)).Select(tensor => $"{tensor.Last} {tensor.Shape}").Order(StringComparer.Ordinal));
    }

    private string ShapeOf(string name) => $"[{string.Join(", ", own[name].Shape.ToArray())}]";

    private string ShapeOf(SafeTensorsEntry entry) => $"[{string.Join(", ", shapeOf(entry))}]";

    private static (SafeTensorsEntry Source, string Own)[]? None(string because, out string fault)
    {
        fault = because;
        return null;
    }

    private static bool DifferInMore(IEnumerable<string> names) => names.Select(name => Numbers().Replace(name, "#")).Distinct().Skip(1).Any();

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
