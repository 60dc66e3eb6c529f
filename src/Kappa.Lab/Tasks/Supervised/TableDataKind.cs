namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Tables of one's own.</summary>
internal sealed class TableDataKind : DataKind
{
    private readonly Reader _read;

    private TableDataKind(string name, string summary, SettingsType type, Reader read) =>
        (Name, Summary, SettingsType, _read) = (name, summary, type, read);

    internal static TableDataKind Csv { get; } = new(
        "csv", "A CSV or TSV file of your own: rows with a column to predict, classes or numbers.", SettingsOf<CsvSettings>.Type,
        (settings, path, types, progress, cancellation) =>
            Table.ReadCsv(path, ((CsvSettings)settings).Options with { Types = types }, progress, cancellation));

    internal static TableDataKind Parquet { get; } = new(
        "parquet", "A Parquet file of your own: rows with a column to predict, classes or numbers.", SettingsOf<TableFileSettings>.Type,
        (settings, path, _, progress, cancellation) =>
            Table.ReadParquet(path, ((TableFileSettings)settings).NanIsMissing, progress, cancellation));

    internal static TableDataKind Numpy { get; } = new(
        "numpy", "A .npy or .npz file of your own: rows with a column to predict, classes or numbers.", SettingsOf<TableFileSettings>.Type,
        (settings, path, _, _, _) => Table.ReadNumpy(path, ((TableFileSettings)settings).NanIsMissing));

    public override string Name { get; }

    public override string Summary { get; }

    public override DataContent Content => DataContent.Rows;

    public override SettingsType SettingsType { get; }

    internal override string? PathOf(object settings) => ((TableSettings)settings).Path;

    internal override object Resolved(object settings, string folder)
    {
        var given = (TableSettings)settings;
        return given with
        {
            Path = Path.GetFullPath(given.Path, folder),
            ValidationPath = given.ValidationPath.Length == 0 ? "" : Path.GetFullPath(given.ValidationPath, folder),
        };
    }

    internal override TrainingData Load(object settings, DataRequest request)
    {
        var given = (TableSettings)settings;
        try
        {
            var table = Read(given, given.Path, null, request.Progress, request.Cancellation);
            var (training, validation) = given.ValidationPath.Length > 0
                ? (table, Read(given, given.ValidationPath, KindsOf(table), request.Progress, request.Cancellation))
                : Split(table, given);
            // The column that rows are parted by would tell the validation rows from the others.
            if (given.SplitBy.Length > 0)
                (training, validation) = (training.Drop(given.SplitBy), validation.Drop(given.SplitBy));
            var encoder = request.EncoderFile is { } file && File.Exists(file) ? TableEncoder.Load(file) : Fit(training, given, request);
            return new TableData(encoder, encoder.Encode(training), encoder.Encode(validation));
        }
        catch (ArgumentException error)
        {
            throw new ConfigException($"{request.DataPath}: {error.Message.Split(" (Parameter", 2)[0]}");
        }
    }

    /// <summary>Reads a table with the columns that an encoder takes.</summary>
    internal Table Read(
        TableSettings settings, string path, IReadOnlyDictionary<string, ColumnKind>? kinds, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw new ConfigException($"there is no file {path}");
        var table = _read(settings, path, kinds ?? new Dictionary<string, ColumnKind>(), DataProgress.OfFile(path, progress), cancellation);
        return kinds is null && settings.Drop.Count > 0 ? table.Drop(settings.Drop) : table;
    }

    private static TableEncoder Fit(Table training, TableSettings given, DataRequest request)
    {
        var encoder = TableEncoder.Fit(training, given.Target, new TableEncoderOptions
        {
            Kind = given.TargetKind switch { "classes" => TargetKind.Classes, "numbers" => TargetKind.Numbers, _ => null },
            Missing = given.Missing == "mean" ? MissingPolicy.MeanAndIndicator : MissingPolicy.Error,
            Unseen = given.Unseen == "other" ? UnseenPolicy.Other : UnseenPolicy.Error,
            StandardizeTarget = true,
        });
        if (request.EncoderFile is { } file)
            encoder.Save(file);
        return encoder;
    }

    private static Dictionary<string, ColumnKind> KindsOf(Table table) => table.Columns.ToDictionary(column => column.Name, column => column.Kind);

    private static (Table Training, Table Validation) Split(Table table, TableSettings given)
    {
        var generator = new Philox((ulong)given.SplitSeed).Split("split");
        bool isClasses = given.TargetKind == "classes" || (given.TargetKind == "auto" && table[given.Target].Kind == ColumnKind.Category);
        return (given.Split switch
        {
            "stratified" => Splits.Stratified(Splits.Keys(table, given.Target), given.ValidationShare, generator),
            "auto" when isClasses => Splits.Stratified(Splits.Keys(table, given.Target), given.ValidationShare, generator),
            "grouped" => Splits.Grouped(Splits.Keys(table, given.SplitBy), given.ValidationShare, generator),
            "time" => Splits.ByTime(Splits.Times(table, given.SplitBy), given.ValidationShare),
            _ => Splits.Random(table.RowCount, given.ValidationShare, generator),
        }).Of(table);
    }

    private delegate Table Reader(
        TableSettings settings, string path, IReadOnlyDictionary<string, ColumnKind> types, IProgress<double>? progress, CancellationToken cancellation);
}
