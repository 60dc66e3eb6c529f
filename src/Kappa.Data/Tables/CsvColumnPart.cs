using System.Buffers;
using System.Runtime.InteropServices;

namespace Kappa.Data.Tables;

/// <summary>The values of one column in some rows of a file, in rented memory.</summary>
internal sealed class CsvColumnPart
{
    private const int MostKeyBytes = 15;
    private readonly Dictionary<UInt128, int> _codesOfBytes = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _places;

    internal CsvColumnPart(ColumnKind? kind, int mostRows)
    {
        if (kind is ColumnKind.Number or ColumnKind.Date)
            Numbers = ArrayPool<double>.Shared.Rent(mostRows);
        else if (kind == ColumnKind.Text)
            Texts = new string?[mostRows];
        else
            Codes = ArrayPool<int>.Shared.Rent(mostRows);
        _places = new Dictionary<string, int>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal double[]? Numbers { get; }

    internal string?[]? Texts { get; }

    internal int[]? Codes { get; }

    /// <summary>The names of the codes, in the order in which they came.</summary>
    internal IEnumerable<string> Names => _places.Dictionary.Keys;

    /// <summary>Whether all numbers are integers.</summary>
    internal bool IsWhole { get; set; } = true;

    /// <summary>Gives its memory back.</summary>
    internal void Return()
    {
        if (Numbers is not null)
            ArrayPool<double>.Shared.Return(Numbers);
        if (Codes is not null)
            ArrayPool<int>.Shared.Return(Codes);
    }

    /// <summary>Sets what the same bytes were set to before, where they are few: most categories are.</summary>
    internal bool TrySetAsBefore(int row, ReadOnlySpan<byte> raw)
    {
        if (Codes is null || raw.Length > MostKeyBytes || !_codesOfBytes.TryGetValue(KeyOf(raw), out int code))
            return false;
        Codes[row] = code;
        return true;
    }

    /// <summary>Remembers what bytes were set to.</summary>
    internal void Remember(int row, ReadOnlySpan<byte> raw)
    {
        if (Codes is not null && raw.Length <= MostKeyBytes)
            _codesOfBytes[KeyOf(raw)] = Codes[row];
    }

    private static UInt128 KeyOf(ReadOnlySpan<byte> raw)
    {
        Span<byte> key = stackalloc byte[16];
        key.Clear();
        raw.CopyTo(key);
        key[MostKeyBytes] = (byte)raw.Length;
        return MemoryMarshal.Read<UInt128>(key);
    }

    internal void SetMissing(int row)
    {
        if (Numbers is not null)
            Numbers[row] = double.NaN;
        else if (Codes is not null)
            Codes[row] = CategoryColumn.Missing;
    }

    internal void SetText(int row, ReadOnlySpan<char> text)
    {
        if (Texts is not null)
        {
            Texts[row] = text.ToString();
            return;
        }
        ref int code = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, text, out bool exists);
        if (!exists)
            code = _places.Dictionary.Count - 1;
        Codes![row] = code;
    }
}
