using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Checkpoints;

/// <summary>How the tensors of a file fit those of a model.</summary>
internal sealed class ImportFit
{
    private const string Counter = "num_batches_tracked";
    private const string Example = "fc1=0";

    private readonly KeyValuePair<string, Tensor>[] _missing;
    private readonly ImportPair[] _unexpected;

    /// <summary>Compares them.</summary>
    /// <param name="pairs">What the tensors of the file are called in the model.</param>
    /// <param name="own">The model.</param>
    /// <param name="wanted">Those of it that the file must have.</param>
    /// <param name="isTurned">Whether a tensor of the file is stored the other way round.</param>
    internal ImportFit(
        IReadOnlyList<ImportPair> pairs, StateDict own, IReadOnlyList<KeyValuePair<string, Tensor>> wanted, Func<SafeTensorsEntry, bool> isTurned)
    {
        // What the file has is loaded where the model may keep its own, too.
        Matched = pairs.Where(pair => own.TryGet(pair.Own, out _)).ToDictionary(pair => pair.Own, pair => pair.Source, StringComparer.Ordinal);
        Loaded = Matched.Keys.Select(name => own[name]).ToHashSet();
        _unexpected = [.. pairs.Where(pair => !Matched.ContainsKey(pair.Own) && !IsUncounted(pair.Source, own))];
        _missing = [.. wanted.Where(pair => !Loaded.Contains(pair.Value) && !own.IsOptional(pair.Key))];
        Misshapen = [.. Matched.Select(pair => Fault(pair.Value, pair.Key, own[pair.Key], isTurned(pair.Value))).OfType<string>()];
    }

    /// <summary>The tensors of the file by names of the model.</summary>
    internal Dictionary<string, SafeTensorsEntry> Matched { get; }

    /// <summary>The tensors of the model that the file has under one of their names.</summary>
    internal HashSet<Tensor> Loaded { get; }

    internal IReadOnlyList<string> Misshapen { get; }

    /// <summary>Whether each tensor has a name on the other side.</summary>
    internal bool HasAllNames => _missing.Length + _unexpected.Length == 0;

    internal bool IsComplete => HasAllNames && Misshapen.Count == 0;

    /// <summary>PyTorch counts the batches of each normalisation; nothing is computed from it.</summary>
    internal static bool IsUncounted(SafeTensorsEntry entry, StateDict own) =>
        entry.Shape.Length == 0 && TensorName.Last(entry.Name) == Counter && !own.Names.Any(name => TensorName.Last(name) == Counter);

    /// <summary>What is wrong, with every name and shape, and a rule that would help where names differ.</summary>
    /// <param name="subject">What the message begins with.</param>
    /// <param name="further">What else to say, as a sentence without its end; empty for nothing.</param>
    internal StateMismatchException Error(string subject, string further = "") => new(
        StateMismatchException.Describe(
            subject, [.. _missing.Select(pair => $"{pair.Key} {pair.Value.Shape}")], [.. _unexpected.Select(Describe)], Misshapen, [])
        + (further.Length > 0 ? $". {further}" : "")
        + (_missing.Length > 0 && _unexpected.Length > 0 ? $". Give ImportOptions.Rename, such as \"{Suggestion()}\"" : ""))
    {
        Missing = [.. _missing.Select(pair => pair.Key)],
        Unexpected = [.. _unexpected.Select(pair => pair.Source.Name)],
        Misshapen = [.. Misshapen],
    };

    /// <summary>A rule for the first module of the file that has a counterpart with tensors of the same names and shapes; else one that shows how.</summary>
    private string Suggestion()
    {
        var own = _missing.GroupBy(pair => TensorName.Module(pair.Key), StringComparer.Ordinal)
            .Select(module => (module.Key, Tensors: Signature(module.Select(pair => (pair.Key, ShapeOf(pair.Value)))))).ToArray();
        foreach (var module in _unexpected.Where(pair => !pair.IsRenamed).GroupBy(pair => TensorName.Module(pair.Source.Name), StringComparer.Ordinal))
        {
            string tensors = Signature(module.Select(pair => (pair.Source.Name, pair.Source.Shape)));
            if (module.Key.Length > 0 && own.FirstOrDefault(other => other.Tensors == tensors).Key is { } name)
                return $"{SafeTensorsException.Plain(module.Key)}={name}";
        }
        return Example;
    }

    private static string Signature(IEnumerable<(string Name, long[] Shape)> tensors) => string.Join(
        ';', tensors.Select(tensor => $"{TensorName.Last(tensor.Name)} {string.Join(',', tensor.Shape)}").Order(StringComparer.Ordinal));

    private static string Describe(ImportPair pair)
    {
        string name = SafeTensorsException.Plain(pair.Source.Name);
        return $"{name}{(pair.Own == pair.Source.Name ? "" : $" -> {SafeTensorsException.Plain(pair.Own)}")} [{string.Join(", ", pair.Source.Shape)}]";
    }

    private static long[] ShapeOf(Tensor tensor) => [.. tensor.Shape.ToArray().Select(length => (long)length)];

    private static string? Fault(SafeTensorsEntry source, string own, Tensor tensor, bool isTurned)
    {
        long[] shape = isTurned && source.Shape.Length == 2 ? [source.Shape[1], source.Shape[0]] : source.Shape;
        long[] expected = ShapeOf(tensor);
        string what = $"{own} (expected {tensor.Shape} {tensor.DataType}, got {Describe(new(source, source.Name))} {source.Type}";
        if (isTurned && source.Shape.Length != 2)
            return $"{what}, which ImportOptions.Transpose cannot turn: it is no matrix)";
        if (!shape.AsSpan().SequenceEqual(expected))
        {
            bool isTransposed = shape.Length == 2 && shape[0] == expected[^1] && expected.Length == 2 && shape[1] == expected[0];
            return isTransposed
                ? $"{what}: it is transposed, [in, out] in the place of [out, in]; "
                    + "name it in ImportOptions.Transpose, and square ones of its kind, which do not show)"
                : $"{what})";
        }
        var type = source.Type switch
        {
            SafeTensorsType.F16 or SafeTensorsType.BF16 or SafeTensorsType.F32 => DataType.Float32,
            SafeTensorsType.F64 => DataType.Float64,
            SafeTensorsType.I32 => DataType.Int32,
            SafeTensorsType.I64 => (DataType?)DataType.Int64,
            _ => null,
        };
        return type == tensor.DataType ? null : $"{what}; no type is converted but F16 and BF16 to Float32)";
    }
}
