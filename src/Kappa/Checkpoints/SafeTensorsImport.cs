using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Checkpoints;

/// <summary>Loads the weights of a model from a safetensors file that another program wrote, with names, types or layouts of its own.</summary>
/// <remarks>
/// <code>
/// var report = SafeTensorsImport.Load("bert.safetensors", model, new ImportOptions { Rename = ["layers.*.attn=blocks.*.attention"], Keep = ["head"] });
/// Console.WriteLine(report);   // source name -> own name, shape
/// </code>
/// <para>All or nothing: whatever is wrong, the model stays as it was, and one message lists every missing, unexpected and misshapen tensor. F16 and BF16
/// become Float32, which holds each of their values exactly; no other type is converted. PyTorch's <c>num_batches_tracked</c> is loaded where the model
/// counts too, and else left out and said so. A tensor that the model shares between parts may come under one of its names.</para>
/// <para><see cref="ImportMatch.ShapeAndOrder"/>: tensors of one shape (and one last name, such as <c>weight</c>, where both sides use it) are taken in
/// order, those of the model as they were registered, those of the file, which has its own order, by the numbers in their names. That is refused where
/// their names differ in more than numbers, where a number of tensors differs, and where the tensors of one module would go to several.</para>
/// <para>Costs the file in memory, and what is loaded of it a second time.</para>
/// </remarks>
public static class SafeTensorsImport
{
    private const int MostListed = 20;
    private const string Counter = "num_batches_tracked";

    /// <summary>Loads a file into a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">How names correspond; null where they are the model's.</param>
    /// <returns>What was loaded from where, what was kept, and what was left out.</returns>
    /// <exception cref="StateMismatchException">Names, shapes or types do not fit, or cannot be matched in one way alone. Nothing was loaded.</exception>
    /// <exception cref="SafeTensorsException">The file is damaged, or holds parameters that are NaN or infinite. Nothing was loaded.</exception>
    /// <exception cref="ArgumentException">An option is malformed, or names nothing of the file or the model.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static ImportReport Load(string path, Module model, ImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        options ??= new ImportOptions();
        options.Validate();
        var contents = SafeTensorsFile.Read(path);
        var own = model.StateDict();
        string[] names = [.. contents.Entries.Select(entry => entry.Name)];
        var leaveOut = Used(NamePattern.Parse(options.LeaveOut, nameof(options.LeaveOut)), names, nameof(options.LeaveOut), "the file");
        var transpose = Used(NamePattern.Parse(options.Transpose, nameof(options.Transpose)), names, nameof(options.Transpose), "the file");
        var keep = Used(NamePattern.Parse(options.Keep, nameof(options.Keep)), own.Names, nameof(options.Keep), "the model");
        var offered = contents.Entries.Where(entry => !leaveOut.Any(pattern => pattern.Matches(entry.Name))).ToArray();
        var wanted = own.Where(pair => !keep.Any(pattern => pattern.Matches(pair.Key))).ToArray();
        string subject = $"{path} does not fit the {model.GetType().Name}, and nothing was loaded";
        var pairs = options.Match == ImportMatch.ShapeAndOrder
            ? ShapeMatch.Of([.. wanted.Select(pair => pair.Key)], own, [.. offered.Where(entry => !IsUncounted(entry, own))], subject)
            : ByName(offered, options.Rename, subject);

        // What the file has is loaded where the model may keep its own, too.
        var matched = pairs.Where(pair => own.TryGet(pair.Own, out _)).ToDictionary(pair => pair.Own, pair => pair.Source, StringComparer.Ordinal);
        var loaded = matched.Keys.Select(name => own[name]).ToHashSet();
        var unexpected = pairs.Where(pair => !matched.ContainsKey(pair.Own) && !IsUncounted(pair.Source, own)).ToArray();
        var missing = wanted.Where(pair => !loaded.Contains(pair.Value) && !own.IsOptional(pair.Key)).ToArray();
        var turned = matched.Values.Select(entry => entry.Name).Where(name => transpose.Any(pattern => pattern.Matches(name)))
            .ToHashSet(StringComparer.Ordinal);
        var misshapen = matched.Select(pair => Fault(pair.Value, pair.Key, own[pair.Key], turned.Contains(pair.Value.Name))).OfType<string>().ToArray();
        if (missing.Length + unexpected.Length + misshapen.Length > 0)
        {
            throw new StateMismatchException(StateMismatchException.Describe(
                subject, [.. missing.Select(pair => $"{pair.Key} {pair.Value.Shape}")],
                [.. unexpected.Select(pair => Describe(pair.Source, pair.Own))], misshapen, []))
            {
                Missing = [.. missing.Select(pair => pair.Key)],
                Unexpected = [.. unexpected.Select(pair => pair.Source.Name)],
                Misshapen = misshapen,
            };
        }

        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var values = Read(contents, matched, turned);
        if (FiniteValues.FirstFault(values, model) is { } fault)
            throw new SafeTensorsException(path, null, "parameters that are finite", $"{fault}. Nothing was loaded");
        own.CopyFrom(values, strict: false);
        var taken = matched.Values.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        return new ImportReport(
            path,
            [.. own.Where(pair => matched.ContainsKey(pair.Key)).Select(pair => Loaded(matched[pair.Key], pair))],
            [.. own.Where(pair => !loaded.Contains(pair.Value)).Select(pair => pair.Key)],
            [.. names.Where(name => !taken.Contains(name))]);

        ImportedTensor Loaded(SafeTensorsEntry source, KeyValuePair<string, Tensor> to) =>
            new(source.Name, to.Key, to.Value.Shape, source.Type, turned.Contains(source.Name));
    }

    private static (SafeTensorsEntry Source, string Own)[] ByName(SafeTensorsEntry[] offered, IReadOnlyList<string> rename, string subject)
    {
        RenameRule[] rules = [.. rename.Select(RenameRule.Parse)];
        foreach (var rule in rules.Where(rule => !offered.Any(entry => rule.Apply(entry.Name) is not null)))
            throw Nothing("Rename", rule.Text, "the file", offered.Select(entry => entry.Name));
        (SafeTensorsEntry Source, string Own)[] pairs =
            [.. offered.Select(entry => (entry, rules.Select(rule => rule.Apply(entry.Name)).FirstOrDefault(name => name is not null) ?? entry.Name))];
        var twice = pairs.GroupBy(pair => pair.Own, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any());
        return twice is null ? pairs : throw new StateMismatchException(
            $"{subject}: {string.Join(" and ", twice.Select(pair => SafeTensorsException.Plain(pair.Source.Name)))} would all be "
            + $"{SafeTensorsException.Plain(twice.Key)}; change ImportOptions.Rename or LeaveOut");
    }

    private static NamePattern[] Used(NamePattern[] patterns, IReadOnlyCollection<string> names, string option, string where)
    {
        var idle = patterns.FirstOrDefault(pattern => !names.Any(pattern.Matches));
        return idle is null ? patterns : throw Nothing(option, idle.Text, where, names);
    }

    /// <summary>A pattern that fits nothing is a mistyped one.</summary>
    private static ArgumentException Nothing(string option, string pattern, string where, IEnumerable<string> names)
    {
        string[] listed = [.. names.Order(StringComparer.Ordinal).Select(name => SafeTensorsException.Plain(name))];
        string more = listed.Length > MostListed ? $" and {listed.Length - MostListed} more" : "";
        return new ArgumentException(
            $"ImportOptions.{option}: \"{pattern}\" fits no tensor of {where}, and nothing was loaded. "
            + $"There are: {string.Join(", ", listed.Take(MostListed))}{more}");
    }

    /// <summary>PyTorch counts the batches of each normalisation; nothing is computed from it.</summary>
    private static bool IsUncounted(SafeTensorsEntry entry, StateDict own) =>
        entry.Shape.Length == 0 && LastOf(entry.Name) == Counter && !own.Names.Any(name => LastOf(name) == Counter);

    private static string LastOf(string name) => name[(name.LastIndexOf('.') + 1)..];

    private static string Describe(SafeTensorsEntry source, string own)
    {
        string name = SafeTensorsException.Plain(source.Name);
        return $"{name}{(own == source.Name ? "" : $" -> {SafeTensorsException.Plain(own)}")} [{string.Join(", ", source.Shape)}]";
    }

    private static string? Fault(SafeTensorsEntry source, string own, Tensor tensor, bool isTurned)
    {
        long[] shape = isTurned && source.Shape.Length == 2 ? [source.Shape[1], source.Shape[0]] : source.Shape;
        long[] expected = [.. tensor.Shape.ToArray().Select(length => (long)length)];
        string what = $"{own} (expected {tensor.Shape} {tensor.DataType}, got {Describe(source, source.Name)} {source.Type}";
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

    private static StateDict Read(SafeTensorsContents contents, Dictionary<string, SafeTensorsEntry> matched, HashSet<string> turned)
    {
        var taken = matched.Values.DistinctBy(entry => entry.Name).ToArray();
        var read = StateDictFile.Read(new SafeTensorsContents(contents.FilePath, taken, contents.Metadata));
        var values = new StateDict();
        foreach (var (own, source) in matched)
            values.Add(own, turned.Contains(source.Name) ? read[source.Name].Transpose() : read[source.Name]);
        return values;
    }
}
