namespace Kappa.Data.Tables;

/// <summary>Reads characters of an array, without a copy into a string.</summary>
internal sealed class CharReader(char[] chars, int count) : TextReader
{
    private int _place;

    public override int Peek() => _place < count ? chars[_place] : -1;

    public override int Read() => _place < count ? chars[_place++] : -1;

    public override int Read(Span<char> buffer)
    {
        int taken = Math.Min(buffer.Length, count - _place);
        chars.AsSpan(_place, taken).CopyTo(buffer);
        _place += taken;
        return taken;
    }

    public override int Read(char[] buffer, int index, int length) => Read(buffer.AsSpan(index, length));
}
