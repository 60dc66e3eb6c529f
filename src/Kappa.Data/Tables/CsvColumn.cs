namespace Kappa.Data.Tables;

/// <summary>Puts the parts of a column together, in the order of the file.</summary>
internal sealed class CsvColumn(CsvSchema schema, int place, ColumnKind? kind, bool isForced)
{
    private const int ManyRows = 1000;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private double[] _numbers = [];
    private int[] _codes = [];
    private string?[] _texts = [];
    private int _count;
    private bool _isWhole = true;

    /// <summary>Adds a part, and gives its memory back.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="part">The part.</param>
    /// <param name="expected">Rows that the whole file is likely to have.</param>
    internal void Add(int rows, CsvColumnPart part, int expected)
    {
        _isWhole &= part.IsWhole;
        if (part.Codes is { } codes)
        {
            int[] places = [.. part.Names.Select(PlaceOf)];
            for (int row = 0; row < rows; row++)
                codes[row] = codes[row] < 0 ? codes[row] : places[codes[row]];
            Append(ref _codes, codes, rows, expected);
        }
        else if (part.Numbers is { } numbers)
        {
            Append(ref _numbers, numbers, rows, expected);
        }
        else
        {
            Append(ref _texts, part.Texts!, rows, expected);
        }
        _count += rows;
        part.Return();
    }

    internal TableColumn Finish()
    {
        string name = schema.Names[place];
        return kind switch
        {
            ColumnKind.Number => new NumberColumn(name, Whole(ref _numbers), _isWhole),
            ColumnKind.Date => new DateColumn(name, Whole(ref _numbers)),
            ColumnKind.Text => new TextColumn(name, Whole(ref _texts)),
            _ => FinishCodes(name),
        };
    }

    private TableColumn FinishCodes(string name)
    {
        int[] codes = Whole(ref _codes);
        string[] names = [.. _names.Keys];
        if (kind is null)
        {
            // All that was seen at first is missing, so that what it is shows now.
            double[] numbers = Array.ConvertAll(names, NumberOf);
            if (Array.TrueForAll(numbers, double.IsFinite))
            {
                bool isWhole = names.Length > 0 && Array.TrueForAll(names, text => NumberText.TryParse(text, schema.Point, out _, out bool whole) && whole);
                return new NumberColumn(name, Array.ConvertAll(codes, code => code < 0 ? double.NaN : numbers[code]), isWhole);
            }
            double[] days = Array.ConvertAll(names, text => DateText.TryParse(text, schema.DateFormat, out double day) ? day : double.NaN);
            if (Array.TrueForAll(days, double.IsFinite))
                return new DateColumn(name, Array.ConvertAll(codes, code => code < 0 ? double.NaN : days[code]));
        }
        return !isForced && names.Length >= ManyRows && names.Length > codes.Length / 2
            ? new TextColumn(name, Array.ConvertAll(codes, code => code < 0 ? null : names[code])) : new CategoryColumn(name, codes, names);
    }

    private double NumberOf(string text) =>
        NumberText.TryParse(text, schema.Point, out double number, out bool whole) && (!whole || WholeNumbers.IsExact(number)) ? number : double.NaN;

    private int PlaceOf(string text)
    {
        if (!_names.TryGetValue(text, out int known))
            _names.Add(text, known = _names.Count);
        return known;
    }

    private void Append<T>(ref T[] values, T[] added, int rows, int expected)
    {
        if (values.Length < _count + rows)
        {
            long length = Math.Max(expected, Math.Max(2L * values.Length, _count + (long)rows));
            var larger = GC.AllocateUninitializedArray<T>((int)Math.Min(Array.MaxLength, length));
            values.AsSpan(0, _count).CopyTo(larger);
            values = larger;
        }
        added.AsSpan(0, rows).CopyTo(values.AsSpan(_count));
    }

    private T[] Whole<T>(ref T[] values)
    {
        var whole = values.Length == _count ? values : values.AsSpan(0, _count).ToArray();
        // The memory of one column at a time stands twice.
        values = [];
        return whole;
    }
}
