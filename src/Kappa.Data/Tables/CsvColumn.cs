namespace Kappa.Data.Tables;

/// <summary>Puts the parts of a column together, in the order of the file.</summary>
internal sealed class CsvColumn(CsvSchema schema, int place, ColumnKind? kind, bool isForced)
{
    private const int ManyRows = 1000;
    private readonly List<(Array Values, int Count)> _parts = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private bool _isWhole = true;

    internal void Add(int rows, CsvColumnPart part)
    {
        _isWhole &= part.IsWhole;
        if (part.Codes is { } codes)
        {
            int[] places = [.. part.Names.Select(PlaceOf)];
            for (int row = 0; row < rows; row++)
                codes[row] = codes[row] < 0 ? codes[row] : places[codes[row]];
        }
        _parts.Add(((Array?)part.Numbers ?? (Array?)part.Codes ?? part.Texts!, rows));
    }

    internal TableColumn Finish()
    {
        string name = schema.Names[place];
        return kind switch
        {
            ColumnKind.Number => new NumberColumn(name, Whole<double>(), _isWhole && _parts.Count > 0),
            ColumnKind.Date => new DateColumn(name, Whole<double>()),
            ColumnKind.Text => new TextColumn(name, Whole<string?>()),
            _ => FinishCodes(name),
        };
    }

    private TableColumn FinishCodes(string name)
    {
        int[] codes = Whole<int>();
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

    private T[] Whole<T>()
    {
        var whole = new T[_parts.Sum(part => part.Count)];
        int at = 0;
        for (int i = 0; i < _parts.Count; i++)
        {
            Array.Copy(_parts[i].Values, 0, whole, at, _parts[i].Count);
            at += _parts[i].Count;
            // The memory of one column at a time stands twice.
            _parts[i] = default;
        }
        return whole;
    }
}
