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
/// their names differ in more than numbers, where a number of tensors differs, and where the tensors of one module would go to several. Modules that have the
/// same tensors on both sides find each other as wholes. <see cref="ImportMatch.NameElseShape"/> does that where names do not fit. Look at the report: layers
/// of one shape whose order in the file is another are taken for one another.</para>
/// <para>A matrix that is stored the other way round is never turned but by <see cref="ImportOptions.Transpose"/>.</para>
/// <para>Costs the file in memory, and what is loaded of it a second time.</para>
/// </remarks>
public static class SafeTensorsImport
{
    private const int MostListed = 20;

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
        (options ?? new ImportOptions()).Validate();
        return Load(SafeTensorsFile.Read(path), model, options);
    }

    /// <summary>Loads a file that was read into a model.</summary>
    /// <param name="contents">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">How names correspond; null where they are the model's.</param>
    /// <returns>What was loaded from where, what was kept, and what was left out.</returns>
    /// <exception cref="StateMismatchException">Names, shapes or types do not fit, or cannot be matched in one way alone. Nothing was loaded.</exception>
    /// <exception cref="SafeTensorsException">The file holds parameters that are NaN or infinite. Nothing was loaded.</exception>
    /// <exception cref="ArgumentException">An option is malformed, or names nothing of the file or the model.</exception>
    public static ImportReport Load(SafeTensorsContents contents, Module model, ImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(model);
        options ??= new ImportOptions();
        options.Validate();
        var own = model.StateDict();
        string[] names = [.. contents.Entries.Select(entry => entry.Name)];
        var leaveOut = Used(NamePattern.Parse(options.LeaveOut, nameof(options.LeaveOut)), names, nameof(options.LeaveOut), "the file");
        var transpose = Used(NamePattern.Parse(options.Transpose, nameof(options.Transpose)), names, nameof(options.Transpose), "the file");
        var keep = Used(NamePattern.Parse(options.Keep, nameof(options.Keep)), own.Names, nameof(options.Keep), "the model");
        var offered = contents.Entries.Where(entry => !leaveOut.Any(pattern => pattern.Matches(entry.Name))).ToArray();
        var wanted = own.Where(pair => !keep.Any(pattern => pattern.Matches(pair.Key))).ToArray();
        string subject = $"{contents.FilePath} does not fit the {model.GetType().Name}, and nothing was loaded";
        bool IsTurned(SafeTensorsEntry entry) => transpose.Any(pattern => pattern.Matches(entry.Name));
        ImportFit Fit(IReadOnlyList<ImportPair> pairs) => new(pairs, own, wanted, IsTurned);

        var (fit, match) = options.Match == ImportMatch.ShapeAndOrder
            ? (ByShape([], out string fault) ?? throw new StateMismatchException($"{subject}: {fault}. Give ImportOptions.Rename"), ImportMatch.ShapeAndOrder)
            : ByNames(ByName(offered, options.Rename, subject));
        if (!fit.IsComplete)
            throw fit.Error(subject);

        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var values = Read(contents, fit.Matched, IsTurned);
        if (FiniteValues.FirstFault(values, model) is { } bad)
            throw new SafeTensorsException(contents.FilePath, null, "parameters that are finite", $"{bad}. Nothing was loaded");
        own.CopyFrom(values, strict: false);
        var taken = fit.Matched.Values.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        return new ImportReport(
            contents.FilePath,
            [.. own.Where(pair => fit.Matched.ContainsKey(pair.Key)).Select(pair => Loaded(fit.Matched[pair.Key], pair))],
            [.. own.Where(pair => !fit.Loaded.Contains(pair.Value)).Select(pair => pair.Key)],
            [.. names.Where(name => !taken.Contains(name))])
        {
            Match = match,
        };

        (ImportFit Fit, ImportMatch Match) ByNames(ImportPair[] named)
        {
            var byName = Fit(named);
            ImportPair[] renamed = [.. named.Where(pair => pair.IsRenamed)];
            if (options.Match == ImportMatch.Name || byName.HasAllNames || renamed.Any(pair => !own.TryGet(pair.Own, out _)))
                return (byName, ImportMatch.Name);
            return ByShape(renamed, out string fault) is { } byShape
                ? (byShape, ImportMatch.ShapeAndOrder)
                : throw byName.Error(subject, $"Shapes and order do not say which is which: {fault}");
        }

        ImportFit? ByShape(ImportPair[] given, out string fault)
        {
            var settled = given.Select(pair => pair.Own).ToHashSet(StringComparer.Ordinal);
            var used = given.Select(pair => pair.Source).ToHashSet();
            var shapes = new ShapeMatch(own, entry => IsTurned(entry) && entry.Shape.Length == 2 ? [entry.Shape[1], entry.Shape[0]] : entry.Shape);
            var found = shapes.Find(
                [.. wanted.Select(pair => pair.Key).Where(name => !settled.Contains(name))],
                [.. offered.Where(entry => !used.Contains(entry) && !ImportFit.IsUncounted(entry, own))], out fault);
            return found is null ? null : Fit([.. given, .. found.Select(pair => new ImportPair(pair.Source, pair.Own))]);
        }

        ImportedTensor Loaded(SafeTensorsEntry source, KeyValuePair<string, Tensor> to) =>
            new(source.Name, to.Key, to.Value.Shape, source.Type, IsTurned(source));
    }

    /// <summary>Writes a model as the file had it that it was loaded from: with its names, its metadata and its layouts, and what was left out as it was there.
    /// F16 and BF16 become F32, so that no weight is rounded. Whole or not at all.</summary>
    /// <param name="path">The file; replaced where it exists, and may be the one that was read.</param>
    /// <param name="model">The model.</param>
    /// <param name="report">What came of loading it. Its file is read again.</param>
    /// <exception cref="ArgumentException">The model is not the one that was loaded.</exception>
    /// <exception cref="IOException">The file that was read is not there any more or damaged, or the other cannot be written; what was there before is intact.
    /// </exception>
    public static void Save(string path, Module model, ImportReport report)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(report);
        var own = model.StateDict();
        if (report.Tensors.FirstOrDefault(tensor => !own.TryGet(tensor.Own, out var now) || now.Shape != tensor.Shape) is { } lost)
            throw new ArgumentException($"expected the model that was loaded, with {lost.Own} {lost.Shape}; got another one", nameof(model));
        var contents = SafeTensorsFile.Read(report.FilePath);
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var state = new StateDict();
        foreach (var tensor in report.Tensors)
            state.Add(tensor.Source, tensor.IsTransposed ? own[tensor.Own].Transpose() : own[tensor.Own]);
        var changed = StateDictFile.Entries(state).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        SafeTensorsFile.Write(
            path, [.. contents.Entries.Select(entry => changed.GetValueOrDefault(entry.Name, entry))],
            contents.Metadata.Count > 0 ? contents.Metadata : null);
    }

    private static ImportPair[] ByName(SafeTensorsEntry[] offered, IReadOnlyList<string> rename, string subject)
    {
        RenameRule[] rules = [.. rename.Select(RenameRule.Parse)];
        foreach (var rule in rules.Where(rule => !offered.Any(entry => rule.Apply(entry.Name) is not null)))
            throw Nothing("Rename", rule.Text, "the file", offered.Select(entry => entry.Name));
        ImportPair[] pairs = [.. offered.Select(entry => rules.Select(rule => rule.Apply(entry.Name)).FirstOrDefault(name => name is not null) is { } name
            ? new ImportPair(entry, name, IsRenamed: true) : new ImportPair(entry, entry.Name))];
        var twice = pairs.GroupBy(pair => pair.Own, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any());
        return twice is null ? pairs : throw new StateMismatchException(
            $"{subject}: {string.Join(" and ", twice.Select(pair => SafeTensorsException.Plain(pair.Source.Name)))} would all be "
            + $"{SafeTensorsException.Plain(twice.Key)}; change ImportOptions.Rename or ImportOptions.LeaveOut");
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

    private static StateDict Read(SafeTensorsContents contents, Dictionary<string, SafeTensorsEntry> matched, Func<SafeTensorsEntry, bool> isTurned)
    {
        var taken = matched.Values.DistinctBy(entry => entry.Name).ToArray();
        var read = StateDictFile.Read(new SafeTensorsContents(contents.FilePath, taken, contents.Metadata));
        var values = new StateDict();
        foreach (var (own, source) in matched)
            values.Add(own, isTurned(source) ? read[source.Name].Transpose() : read[source.Name]);
        return values;
    }
}
