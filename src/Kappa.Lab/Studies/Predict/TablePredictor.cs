namespace Kappa.Lab.Studies.Predict;

/// <summary>Predicts rows of a table.</summary>
/// <param name="data">The kind of file, and how it is read.</param>
/// <param name="encoder">What the columns mean.</param>
/// <param name="model">The model.</param>
/// <param name="warn">Hears of what is not measured.</param>
internal sealed class TablePredictor(Choice<DataKind> data, TableEncoder encoder, Module model, Action<string> warn) : Predictor(model)
{
    private const int RowsAtOnce = 4096;

    private readonly HashSet<string> _classes = [.. encoder.ClassNames];

    /// <summary>That of a run, whose weights are yet to be loaded.</summary>
    internal static TablePredictor Of(TrainingConfig config, TableEncoder encoder, Action<string> warn)
    {
        int outputs = encoder.TargetKind == TargetKind.Classes ? encoder.ClassNames.Count : 1;
        var model = config.Model.Kind.Create(config.Model.Settings, [encoder.FeatureNames.Count], outputs, new Philox(0));
        return new TablePredictor(config.Data, encoder, model, warn);
    }

    internal override IReadOnlyList<string> Columns => IsClasses ? [encoder.TargetName, .. Headings(encoder.ClassNames)] : [encoder.TargetName];

    internal override int TextColumns => IsClasses ? 1 : 0;

    private bool IsClasses => encoder.TargetKind == TargetKind.Classes;

    internal override IEnumerable<IReadOnlyList<string>> Predict(string path, PredictionRequest request)
    {
        if (request.SkipCorrupt is not null)
            throw new ConfigException($"--skip-corrupt is for pictures, and the model was trained on {data.Name}; leave it out");
        var table = ((TableDataKind)data.Kind).Read(
            (TableSettings)data.Settings, path, encoder.InputKinds, request.Progress, request.Cancellation);
        var truth = TruthOf(table);
        for (int start = 0; start < table.RowCount; start += RowsAtOnce)
        {
            request.Cancellation.ThrowIfCancellationRequested();
            int[] rows = [.. Enumerable.Range(start, Math.Min(RowsAtOnce, table.RowCount - start))];
            foreach (var line in Lines(table.Take(rows), start, path, truth?.Take(rows), request.Tally))
                yield return line;
        }
    }

    /// <summary>The column of the target, where the file has one that can be compared.</summary>
    private TableColumn? TruthOf(Table table)
    {
        if (!table.Contains(encoder.TargetName))
            return null;
        var column = table[encoder.TargetName];
        if (IsClasses || column is NumberColumn)
            return column;
        if (column.MissingCount < column.Count)
            warn($"the column \"{encoder.TargetName}\" has no numbers, so that the predictions are not measured");
        return null;
    }

    private IReadOnlyList<string>[] Lines(Table rows, int start, string path, TableColumn? truth, PredictionTally tally)
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        Tensor inputs;
        try
        {
            inputs = encoder.EncodeInputs(rows, start).On(Model.Device);
        }
        catch (ArgumentException error)
        {
            throw new ConfigException($"{path}: {ConfigTerms.Of(error.Message)}");
        }
        var outputs = Model.Forward(inputs);
        tally.Count += rows.RowCount;
        int[] known = truth is null ? [] : [.. Enumerable.Range(0, rows.RowCount).Where(row => !truth.IsMissing(row))];
        if (!IsClasses)
        {
            double[] numbers = encoder.ToNumbers(outputs);
            if (truth is NumberColumn column)
                tally.AddNumbers([.. known.Select(row => numbers[row])], [.. known.Select(row => column.Values[row])]);
            return [.. numbers.Select(number => (string[])[number.ToString("R", CultureInfo.InvariantCulture)])];
        }
        string[] names = encoder.ToClassNames(outputs);
        foreach (int row in known)
            tally.AddClass(names[row], truth!.TextOf(row), _classes.Contains(truth.TextOf(row)));
        return [.. names.Zip(Probabilities(outputs), (name, shares) => (string[])[name, .. shares])];
    }
}
