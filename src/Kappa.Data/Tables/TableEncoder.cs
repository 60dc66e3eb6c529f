using System.Collections.Concurrent;

namespace Kappa.Data.Tables;

/// <summary>Makes a table into numbers that a network takes, by what it learnt from the training rows and from nothing else.</summary>
/// <remarks>
/// <para>Numbers and dates are standardised: <c>(x - mean) / deviation</c> of the training rows. Categories become a feature each, 1 where a row has it and
/// else 0, in the order of their characters. Where training rows miss values, a feature says so. Texts are refused: drop the column, or read it as
/// categories.</para>
/// <para>Fit it on the training rows after they were parted from the others: means over all rows would tell of the validation rows.</para>
/// </remarks>
public sealed partial class TableEncoder
{
    private readonly EncodedColumn[] _columns;
    private readonly EncodedTarget _target;
    private readonly TableEncoderOptions _options;
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);

    private TableEncoder(EncodedColumn[] columns, EncodedTarget target, TableEncoderOptions options)
    {
        (_columns, _target, _options) = (columns, target, options);
        FeatureNames = [.. columns.SelectMany(column => column.FeatureNames)];
        InputKinds = columns.ToDictionary(column => column.Name, column => column.Kind, StringComparer.Ordinal);
    }

    /// <summary>What the features of an input are called, in their order; as many as an input has numbers.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>The column of the target.</summary>
    public string TargetName => _target.Name;

    /// <summary>What the targets are: <see cref="Training.TargetKind.Classes"/> or <see cref="Training.TargetKind.Numbers"/>.</summary>
    public TargetKind TargetKind => _target.IsClasses ? TargetKind.Classes : TargetKind.Numbers;

    /// <summary>The names of the classes, in the order of their labels; empty where the target is numbers.</summary>
    public IReadOnlyList<string> ClassNames => _target.ClassNames;

    /// <summary>The columns that inputs are made from and their kinds: <see cref="CsvOptions.Types"/> for a file to predict from.</summary>
    public IReadOnlyDictionary<string, ColumnKind> InputKinds { get; }

    /// <summary>What stands in the column of the target, for a file that has it.</summary>
    public ColumnKind TargetColumnKind => _target.Kind;

    /// <summary>Learns means, deviations, categories and classes.</summary>
    /// <param name="training">The training rows, and no others. All columns but the target become inputs.</param>
    /// <param name="target">The column to be predicted.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">A column cannot be encoded, or it cannot be told what the target is; the message names it and the way
    /// out.</exception>
    public static TableEncoder Fit(Table training, string target, TableEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(training);
        options ??= new TableEncoderOptions();
        options.Validate();
        var encodedTarget = EncodedTarget.Fit(training[target], options);
        List<EncodedColumn> columns = [];
        List<string> said = [];
        foreach (var column in training.Columns)
        {
            if (column.Name != target && FitColumn(column, options, said) is { } encoded)
                columns.Add(encoded);
        }
        if (columns.Count == 0)
            throw new ArgumentException($"no column beside the target \"{target}\" has anything to learn from");
        var encoder = new TableEncoder([.. columns], encodedTarget, options);
        said.ForEach(encoder.Say);
        return encoder;
    }

    /// <summary>Inputs and targets of a table.</summary>
    /// <param name="table">Rows with the columns of the training rows; others are passed over.</param>
    /// <returns>Inputs <c>[features]</c> of Float32; targets <c>[]</c>, labels of Int32 or numbers of Float32.</returns>
    /// <exception cref="ArgumentException">A value is missing or unknown where that is not provided for; the message names column and row.</exception>
    public TensorDataSet Encode(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var inputs = EncodeInputs(table);
        if (_target.IsClasses)
        {
            int[] labels = new int[table.RowCount];
            EncodeTargets(table, labels, 0);
            return new TensorDataSet(inputs, Tensor.From(labels, [labels.Length]));
        }
        float[] numbers = new float[table.RowCount];
        EncodeTargets(table, numbers, 0);
        return new TensorDataSet(inputs, Tensor.From(numbers, [numbers.Length]));
    }

    /// <summary>Inputs alone, to predict from.</summary>
    /// <param name="table">Rows with the columns of inputs.</param>
    /// <param name="firstRow">The row of its file that the table begins with, for errors.</param>
    /// <returns><c>[rows, features]</c> of Float32.</returns>
    /// <exception cref="ArgumentException">A value is missing or unknown where that is not provided for; the message names column and row.</exception>
    public Tensor EncodeInputs(Table table, long firstRow = 0)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.RowCount == 0)
            throw new ArgumentException("the table has no rows", nameof(table));
        var inputs = Tensor.Zeros([table.RowCount, FeatureNames.Count]);
        EncodeInputs(table, inputs.Values<float>(), firstRow);
        return inputs;
    }

    /// <summary>Predictions in the unit of the target column.</summary>
    /// <param name="outputs">What the model gave: <c>[rows]</c> or <c>[rows, 1]</c>.</param>
    /// <returns><c>[rows]</c>.</returns>
    /// <exception cref="InvalidOperationException">The target is classes.</exception>
    public double[] ToNumbers(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return _target.IsClasses ? throw new InvalidOperationException($"the target \"{TargetName}\" is classes: use ToClassNames")
            : outputs.Rank is 1 || (outputs.Rank == 2 && outputs.Shape[1] == 1)
                ? Array.ConvertAll(FiniteOf(outputs), value => (value * _target.Deviation) + _target.Mean)
            : throw new TensorShapeException($"TableEncoder.ToNumbers: expected outputs [rows] or [rows, 1]; got {outputs.Shape}");
    }

    /// <summary>The name of the class with the highest score.</summary>
    /// <param name="scores">What the model gave: <c>[rows, classes]</c>.</param>
    /// <returns><c>[rows]</c>; the first of equal scores.</returns>
    /// <exception cref="InvalidOperationException">The target is numbers.</exception>
    public string[] ToClassNames(Tensor scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (!_target.IsClasses)
            throw new InvalidOperationException($"the target \"{TargetName}\" is numbers: use ToNumbers");
        int classes = ClassNames.Count;
        if (scores.Rank != 2 || scores.Shape[1] != classes)
            throw new TensorShapeException($"TableEncoder.ToClassNames: expected scores [rows, {classes}]; got {scores.Shape}");
        double[] values = FiniteOf(scores);
        string[] names = new string[scores.Shape[0]];
        for (int row = 0; row < names.Length; row++)
        {
            int best = 0;
            for (int i = 1; i < classes; i++)
            {
                if (values[(row * classes) + i] > values[(row * classes) + best])
                    best = i;
            }
            names[row] = ClassNames[best];
        }
        return names;
    }

    /// <summary>Takes whole columns away from inputs that are encoded already, as where a model is deployed on a table that lacks them.</summary>
    /// <remarks>Where training rows missed values of a column, this is what <see cref="EncodeInputs(Table, long)"/> gives of rows that all miss it: the mean,
    /// and the feature that says so. Of a column that no training row missed, which it refuses, numbers and dates are at their mean and categories are none of
    /// those known.</remarks>
    /// <param name="inputs">Changed: <c>[rows * features]</c>.</param>
    /// <param name="columns">Names of <see cref="InputKinds"/>.</param>
    /// <exception cref="ArgumentException">There is no such column among the inputs, or the length is not one of whole rows.</exception>
    public void RemoveColumns(Span<float> inputs, IEnumerable<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        int width = FeatureNames.Count;
        if (inputs.Length % width != 0)
            throw new ArgumentException($"expected rows of {width} features; got {inputs.Length} numbers", nameof(inputs));
        foreach (string name in columns)
        {
            int place = Array.FindIndex(_columns, column => column.Name == name);
            if (place < 0)
                throw new ArgumentException($"there is no column \"{name}\" among the inputs; there are {string.Join(", ", InputKinds.Keys)}", nameof(columns));
            int first = _columns[..place].Sum(column => column.Width), count = _columns[place].Width;
            for (int at = first; at < inputs.Length; at += width)
            {
                inputs.Slice(at, count).Clear();
                if (_columns[place].HasIndicator)
                    inputs[at + count - 1] = 1;
            }
        }
    }

    internal void EncodeTargets(Table table, Span<int> labels, long firstRow) => _target.Encode(table[_target.Name], labels, firstRow);

    internal void EncodeTargets(Table table, Span<float> numbers, long firstRow) => _target.Encode(table[_target.Name], numbers, firstRow);

    internal void EncodeInputs(Table table, Span<float> inputs, long firstRow)
    {
        inputs.Clear();
        int width = FeatureNames.Count, first = 0;
        foreach (var column in _columns)
        {
            if (column.Kind == ColumnKind.Category)
                EncodeNames(column, table[column.Name], inputs, width, first, firstRow);
            else
                EncodeNumbers(column, table[column.Name], inputs, width, first, firstRow);
            first += column.Width;
        }
    }

    private static double[] FiniteOf(Tensor outputs)
    {
        using var doubles = outputs.To(DataType.Float64);
        double[] values = doubles.ToArray<double>();
        int wrong = Array.FindIndex(values, value => !double.IsFinite(value));
        return wrong < 0 ? values : throw new NonFiniteException(
            $"the model gives {values[wrong]} for row {wrong / (values.Length / outputs.Shape[0])} of {outputs.Shape}: expected finite outputs. "
            + "The inputs of the row may be far from those of the training rows, or the weights damaged");
    }

    private static EncodedColumn? FitColumn(TableColumn column, TableEncoderOptions options, List<string> said)
    {
        if (column.MissingCount > 0 && options.Missing == MissingPolicy.Error)
            throw Missing(column, Enumerable.Range(0, column.Count).First(column.IsMissing), "set TableEncoderOptions.Missing, or leave the rows out");
        bool hasIndicator = column.MissingCount > 0 && column.MissingCount < column.Count;
        switch (column)
        {
            case CategoryColumn categories:
                string[] names = [.. categories.Codes.ToArray().Where(code => code >= 0).Distinct().Select(code => categories.Names[code])];
                Array.Sort(names, StringComparer.Ordinal);
                if (names.Length > options.MostCategories)
                {
                    throw new ArgumentException(
                        $"column \"{column.Name}\" has {names.Length} categories, each of which would be a feature; TableEncoderOptions.MostCategories allows "
                        + $"{options.MostCategories}. Drop the column, or allow more");
                }
                // One name and missing values are two cases to tell apart.
                return names.Length > 1 || hasIndicator ? new EncodedColumn(column.Name, ColumnKind.Category, 0, 0, names, hasIndicator)
                    : Constant(column, names.Length == 0 ? "no value" : $"\"{names[0]}\"", options, said);
            case TextColumn:
                throw new ArgumentException(
                    $"column \"{column.Name}\" has texts, of which nothing can be learnt here: table.Drop(\"{column.Name}\"), or read it as categories by "
                    + "CsvOptions.Types");
            default:
                var (mean, deviation, count) = Moments.Of(column is DateColumn dates ? dates.Days : ((NumberColumn)column).Values);
                return deviation > 0 || hasIndicator ? new EncodedColumn(column.Name, column.Kind, mean, deviation, [], hasIndicator)
                    : Constant(column, count == 0 ? "no value" : $"{mean:R}", options, said);
        }
    }

    private static EncodedColumn? Constant(TableColumn column, string value, TableEncoderOptions options, List<string> said)
    {
        string line = $"column \"{column.Name}\" has {value} in all {column.Count} training rows";
        if (options.Constant == ConstantPolicy.Error)
            throw new ArgumentException($"{line}: drop it, or set TableEncoderOptions.Constant");
        said.Add($"{line}: {(options.Constant == ConstantPolicy.Drop ? "it is left out" : "its feature is 0")}");
        return options.Constant == ConstantPolicy.Drop ? null : new EncodedColumn(column.Name, column.Kind, 0, 0, [], false);
    }

    private static ArgumentException Missing(TableColumn column, long row, string wayOut) =>
        new($"row {row} has no value in column \"{column.Name}\": {wayOut}");

    private void EncodeNumbers(EncodedColumn column, TableColumn of, Span<float> inputs, int width, int first, long firstRow)
    {
        if (of is not (NumberColumn or DateColumn) || of.Kind != column.Kind)
            throw OtherKind(column, of);
        var values = of is DateColumn dates ? dates.Days : ((NumberColumn)of).Values;
        for (int row = 0; row < values.Length; row++)
        {
            ref float input = ref inputs[(row * width) + first];
            if (double.IsNaN(values[row]))
            {
                if (MarksMissing(column, of, firstRow + row))
                    inputs[(row * width) + first + 1] = 1;
            }
            else if (column.Deviation > 0)
            {
                input = (float)((values[row] - column.Mean) / column.Deviation);
                if (!float.IsFinite(input))
                {
                    throw new ArgumentException(
                        $"row {firstRow + row} has {values[row]} in column \"{column.Name}\", too far from the training rows' mean of {column.Mean:G4}");
                }
            }
        }
    }

    private void EncodeNames(EncodedColumn column, TableColumn of, Span<float> inputs, int width, int first, long firstRow)
    {
        var categories = of as CategoryColumn ?? (of is TextColumn ? CategoryColumn.From(of.Name, Enumerable.Range(0, of.Count).Select(row =>
            of.IsMissing(row) ? null : of.TextOf(row))) : throw OtherKind(column, of));
        if (column.Names.Count == 0)
            return;
        int[] places = [.. categories.Names.Select(column.PlaceOf)];
        for (int row = 0; row < categories.Count; row++)
        {
            int code = categories.Codes[row];
            if (code < 0)
            {
                if (MarksMissing(column, of, firstRow + row))
                    inputs[(row * width) + first + column.Names.Count] = 1;
            }
            else if (places[code] >= 0)
            {
                inputs[(row * width) + first + places[code]] = 1;
            }
            else if (_options.Unseen == UnseenPolicy.Error)
            {
                throw new ArgumentException(
                    $"row {firstRow + row} has \"{categories.Names[code]}\" in column \"{column.Name}\", which no training row has; known are "
                    + $"{string.Join(", ", column.Names.Take(20))}{(column.Names.Count > 20 ? ", ..." : "")}. "
                    + "TableEncoderOptions.Unseen = Other takes it for none of them");
            }
            else if (_said.TryAdd($"{column.Name}={categories.Names[code]}", true))
            {
                Say($"\"{categories.Names[code]}\" in column \"{column.Name}\" is none of the categories of the training rows: it is taken for none of them");
            }
        }
    }

    /// <summary>Whether a feature says that a value is missing; where none does, a policy says what it is taken for.</summary>
    private bool MarksMissing(EncodedColumn column, TableColumn of, long row)
    {
        if (column.HasIndicator)
            return true;
        if (_options.MissingLater == LaterMissingPolicy.Error)
        {
            throw Missing(
                of, row, "no training row misses it, so that the model cannot know what that means. Leave the row out, fill the value in, or set "
                + "TableEncoderOptions.MissingLater = Mean");
        }
        if (_said.TryAdd(column.Name, true))
        {
            Say($"column \"{column.Name}\" misses values, first in row {row}, and no training row does: they are taken for "
                + (column.Kind == ColumnKind.Category ? "none of its categories" : "its mean"));
        }
        return false;
    }

    private static ArgumentException OtherKind(EncodedColumn column, TableColumn of) => new(
        $"column \"{column.Name}\" has {of.Kind}; the training rows have {column.Kind}. Read the file with CsvOptions.Types = encoder.InputKinds");

    private void Say(string line)
    {
        if (_options.OnWarning is { } handler)
            handler(line);
        else
            Warnings.Say(line);
    }
}
