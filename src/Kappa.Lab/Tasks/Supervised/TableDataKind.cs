namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Tables of one's own.</summary>
internal sealed class TableDataKind : DataKind
{
    private readonly Reader _read;

    private TableDataKind(string name, string summary, SettingsType type, Reader read) =>
        (Name, Summary, SettingsType, _read) = (name, summary, type, read);

    internal static TableDataKind Csv { get; } = new(
        "csv", "A CSV or TSV file of your own: rows with a column to predict, classes or numbers.", SettingsOf<CsvSettings>.Type,
        (settings, path, given, progress, cancellation) => Table.ReadCsv(path, Options((CsvSettings)settings, given), progress, cancellation));

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
            var table = WithTarget(Read(given, given.Path, null, request.Progress, request.Cancellation), given);
            var (training, validation) = given.ValidationPath.Length > 0
                ? (table, WithTarget(Read(given, given.ValidationPath, KindsOf(table), request.Progress, request.Cancellation), given))
                : Split(table, given);
            // The column that rows are parted by would tell the validation rows from the others.
            if (given.SplitBy.Length > 0)
                (training, validation) = (training.Drop(given.SplitBy), validation.Drop(given.SplitBy));
            var encoder = request.EncoderFile is { } file && File.Exists(file) ? TableEncoder.Load(file) : Fit(training, given, request);
            return new TableData(encoder, encoder.Encode(training), encoder.Encode(validation));
        }
        catch (ArgumentException error)
        {
            throw new ConfigException($"{request.DataPath}: {ConfigTerms.Of(error.Message)}");
        }
    }

    /// <summary>Reads a table: to train on, without the columns that are dropped; later, what an encoder takes and the target, where it is there.</summary>
    /// <exception cref="ConfigException">There is no such file, or no such column.</exception>
    /// <exception cref="IOException">The file is not what it must be, in the words of a config.</exception>
    internal Table Read(
        TableSettings settings, string path, IReadOnlyDictionary<string, ColumnKind>? kinds, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        if (Directory.Exists(path))
            throw new ConfigException($"{path}: expected a file; it is a folder. Name a file in it");
        if (!File.Exists(path))
            throw new ConfigException($"there is no file {path}");
        try
        {
            var table = _read(settings, path, kinds, DataProgress.OfFile(path, progress), cancellation);
            return kinds is null && settings.Drop.Count > 0 ? table.Drop(settings.Drop) : table;
        }
        catch (DataFileException error) when (kinds is null && error.MissingColumn is { } name)
        {
            // The config names it. A file to predict from, whose columns the model knows, is itself at fault.
            throw new ConfigException($"data.{(settings.Drop.Contains(name) ? "drop" : "categories")}: {ConfigTerms.Of(error.Message)}");
        }
        catch (DataFileException error)
        {
            throw new IOException(ConfigTerms.Of(error.Message), error);
        }
    }

    /// <summary>How a file of separated values is read. What is dropped from training may hold anything, and so may, later, what the model does not
    /// take.</summary>
    private static CsvOptions Options(CsvSettings settings, IReadOnlyDictionary<string, ColumnKind>? kinds)
    {
        if (kinds is not null)
            return settings.Options with { Types = kinds, Columns = [.. kinds.Keys, settings.Target] };
        var types = settings.Categories.ToDictionary(name => name, _ => ColumnKind.Category, StringComparer.Ordinal);
        foreach (string name in settings.Drop)
            types[name] = ColumnKind.Text;
        return settings.Options with { Types = types };
    }

    private static Table WithTarget(Table table, TableSettings given) => given.MissingTarget == "drop" ? table.WithoutMissing(given.Target) : table;

    private static TableEncoder Fit(Table training, TableSettings given, DataRequest request)
    {
        var encoder = TableEncoder.Fit(training, given.Target, new TableEncoderOptions
        {
            Kind = given.TargetKind switch { "classes" => TargetKind.Classes, "numbers" => TargetKind.Numbers, _ => null },
            Missing = given.Missing == "mean" ? MissingPolicy.MeanAndIndicator : MissingPolicy.Error,
            MissingLater = given.MissingLater == "mean" ? LaterMissingPolicy.Mean : LaterMissingPolicy.Error,
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
            "stratified" => Stratified(table, given, generator),
            "auto" when isClasses => Stratified(table, given, generator),
            "grouped" => Splits.Grouped(Splits.Keys(table, given.SplitBy), given.ValidationShare, generator),
            "time" => Splits.ByTime(Splits.Times(table, given.SplitBy), given.ValidationShare),
            _ => Splits.Random(table.RowCount, given.ValidationShare, generator),
        }).Of(table);
    }

    private static RowSplit Stratified(Table table, TableSettings given, Philox generator)
    {
        int[] classes = Splits.Keys(table, given.Target);
        var single = classes.Index().GroupBy(entry => entry.Item).FirstOrDefault(rows => rows.Count() == 1);
        return single is null || given.Single == "training" || classes.Length < 2
            ? Splits.Stratified(classes, given.ValidationShare, generator, SinglePolicy.Training)
            : throw new ArgumentException(
                $"the class \"{table[given.Target].TextOf(single.First().Index)}\" has one row alone, row {single.First().Index}, which cannot stand on both "
                + "sides of the split: leave it out, or set single to training to train on it");
    }

    private delegate Table Reader(
        TableSettings settings, string path, IReadOnlyDictionary<string, ColumnKind>? kinds, IProgress<double>? progress, CancellationToken cancellation);
}
