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
        // All that was seen at first is missing, so that what it is shows now, by the same rules.
        if (kind is null && names.Length == 0)
            return new NumberColumn(name, Array.ConvertAll(codes, _ => double.NaN));
        if (kind is null && KindOf(name, names) is var found and not ColumnKind.Category)
        {
            double[] values = Array.ConvertAll(names, text => found == ColumnKind.Number ? NumberOf(text, name) : DaysOf(text));
            double[] rows = Array.ConvertAll(codes, code => code < 0 ? double.NaN : values[code]);
            return found == ColumnKind.Date ? new DateColumn(name, rows)
                : new NumberColumn(name, rows, Array.TrueForAll(names, text => NumberText.TryParse(text, schema.Point, out _, out bool whole) && whole));
        }
        return !isForced && names.Length >= ManyRows && names.Length > codes.Length / 2
            ? new TextColumn(name, Array.ConvertAll(codes, code => code < 0 ? null : names[code])) : new CategoryColumn(name, codes, names);
    }

    private ColumnKind KindOf(string name, string[] names)
    {
        var found = CsvKinds.Of(names, schema.Point, schema.DateFormat, out int unlike, out string expected);
        if (unlike >= 0)
            throw new DataFileException(At(name), $"{expected}, as most of the column is", CsvText.Shown(names[unlike]), CsvText.WayOut(names[unlike]));
        // Where no number was seen at first, nothing has said what parts off decimals.
        char other = schema.Point == '.' ? ',' : '.';
        int decimals = found == ColumnKind.Category ? Array.FindIndex(names, text => text.Contains(other)) : -1;
        return decimals < 0 || !Array.TrueForAll(names, text => CsvKinds.IsNumber(text, other)) ? found : throw new DataFileException(
            At(name), other == ',' ? "decimals behind a point" : "decimals behind a comma", CsvText.Shown(names[decimals]),
            "Set CsvOptions.DecimalComma to true or false, or the column's kind in CsvOptions.Types.");
    }

    private string At(string name) => $"{schema.Path}, column \"{name}\", which begins with nothing but missing values";

    private double NumberOf(string text, string name) =>
        NumberText.TryParse(text, schema.Point, out double number, out bool whole) && double.IsFinite(number) && (!whole || WholeNumbers.IsExact(number))
            ? number
            : throw new DataFileException(
                At(name), "a finite number, and integers below 2^53", CsvText.Shown(text), CsvText.WayOut(text));

    private double DaysOf(string text) => DateText.TryParse(text, schema.DateFormat, out double day) ? day : double.NaN;

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
