namespace Kappa.Data.Tables;

/// <summary>The encoded rows of a file, shuffled in a window.</summary>
internal sealed class CsvWindow : IDisposable
{
    private readonly CsvBlocks _blocks;
    private readonly CsvSchema _schema;
    private readonly TableEncoder _encoder;
    private readonly Philox _generator;
    private readonly int _features;
    private readonly float[] _inputs;
    private readonly float[] _numbers;
    private readonly int[] _labels;
    private int _filled;
    private float[] _read = [];
    private float[] _readNumbers = [];
    private int[] _readLabels = [];
    private int _next;
    private int _readCount;
    private long _rowsBefore;

    internal CsvWindow(CsvBlocks blocks, CsvSchema schema, TableEncoder encoder, int window, Philox generator)
    {
        (_blocks, _schema, _encoder, _generator, _features) = (blocks, schema, encoder, generator, encoder.FeatureNames.Count);
        (_inputs, _numbers, _labels) = (new float[checked(window * _features)], new float[window], new int[window]);
    }

    /// <summary>The next row.</summary>
    /// <param name="inputs">Overwritten: <c>[features]</c>.</param>
    /// <param name="label">Its class, where the target is classes.</param>
    /// <returns>Its number, where the target is numbers.</returns>
    internal float Take(Span<float> inputs, out int label)
    {
        while (_filled < _labels.Length && MoveNext())
            Put(_filled++);
        if (_filled == 0)
            throw new InvalidOperationException("the rows are over before their number is reached");
        int place = _generator.NextInt32(_filled);
        _inputs.AsSpan(place * _features, _features).CopyTo(inputs);
        (label, float number) = (_labels[place], _numbers[place]);
        if (MoveNext())
        {
            Put(place);
        }
        else
        {
            // The last row fills the gap.
            _filled--;
            _inputs.AsSpan(_filled * _features, _features).CopyTo(_inputs.AsSpan(place * _features, _features));
            (_labels[place], _numbers[place]) = (_labels[_filled], _numbers[_filled]);
        }
        return number;
    }

    public void Dispose() => _blocks.Dispose();

    private void Put(int place)
    {
        _read.AsSpan((_next - 1) * _features, _features).CopyTo(_inputs.AsSpan(place * _features, _features));
        (_labels[place], _numbers[place]) = (_readLabels[_next - 1], _readNumbers[_next - 1]);
    }

    private bool MoveNext()
    {
        while (_next == _readCount)
        {
            if (_blocks.Next() is not { } block)
            {
                _blocks.RequireUnchanged();
                return false;
            }
            Read(block);
        }
        _next++;
        return true;
    }

    private void Read(CsvBlock block)
    {
        var (rows, parts) = CsvBlockParser.Parse(_schema, block);
        _rowsBefore += _readCount;
        (_next, _readCount) = (0, rows);
        List<TableColumn> columns = [];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] is not { } part)
                continue;
            var column = new CsvColumn(_schema, i, _schema.Kinds[i], isForced: true);
            column.Add(rows, part, rows);
            columns.Add(column.Finish());
        }
        if (rows == 0)
            return;
        var table = new Table(columns);
        if (_readLabels.Length < rows)
            (_read, _readNumbers, _readLabels) = (new float[checked(rows * _features)], new float[rows], new int[rows]);
        try
        {
            _encoder.EncodeInputs(table, _read.AsSpan(0, rows * _features), _rowsBefore);
            if (_encoder.TargetKind == TargetKind.Classes)
                _encoder.EncodeTargets(table, _readLabels.AsSpan(0, rows), _rowsBefore);
            else
                _encoder.EncodeTargets(table, _readNumbers.AsSpan(0, rows), _rowsBefore);
        }
        catch (ArgumentException error)
        {
            throw new DataFileException(_schema.Path, "rows that the encoder knows", error.Message, inner: error);
        }
    }
}
