namespace Kappa.Cli;

/// <summary>What every command prints through: control characters in names and messages are spelt out and never steer the terminal.</summary>
internal sealed class VisibleWriter : TextWriter
{
    private readonly TextWriter _inner;

    internal VisibleWriter(TextWriter inner)
        : base(inner.FormatProvider)
    {
        _inner = inner;
        CoreNewLine = inner.NewLine.ToCharArray();
    }

    public override Encoding Encoding => _inner.Encoding;

    public override void Write(char value) => _inner.Write(VisibleText.Of(value.ToString()));

    public override void Write(char[] buffer, int index, int count) => _inner.Write(VisibleText.Of(new string(buffer, index, count)));

    public override void Write(ReadOnlySpan<char> buffer) => _inner.Write(VisibleText.Of(buffer.ToString()));

    public override void Write(string? value) => _inner.Write(VisibleText.Of(value ?? ""));

    public override void WriteLine() => _inner.WriteLine();

    // In one piece, so that lines of two threads do not mix.
    public override void WriteLine(string? value) => _inner.WriteLine(VisibleText.Of(value ?? ""));

    public override void Flush() => _inner.Flush();
}
