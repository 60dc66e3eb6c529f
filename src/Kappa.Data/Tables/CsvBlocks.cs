using System.Buffers;

namespace Kappa.Data.Tables;

/// <summary>Cuts a file into blocks of whole records, the same ones at every reading.</summary>
internal sealed class CsvBlocks : IDisposable
{
    /// <summary>A record is no longer than this, so that a quote that is never closed does not take all memory.</summary>
    private const int MostRecordBytes = 1 << 24;

    /// <summary>What a file must be, for errors.</summary>
    internal const string Expected = "lines of separated values";

    private readonly string _path;
    private readonly FileStream _file;
    private readonly Stream _utf8;
    private readonly int _blockBytes;
    private readonly int _leastLines;
    private readonly long _length;
    private readonly FileMark _mark;
    private byte[] _carried = [];
    private int _carriedCount;
    private long _offset;
    private long _line = 1;
    private bool _isOver;
    private bool _isStarted;
    private bool _isFirst = true;

    internal CsvBlocks(string path, CsvOptions options, bool isSample = false)
    {
        // What names the columns says nothing without a record below.
        (_path, _blockBytes, _leastLines) = (path, isSample ? options.SampleBytes : options.BlockBytes, isSample ? 2 : 1);
        _file = RegularFile.Open(path, Expected, bufferSize: 1);
        try
        {
            _length = _file.Length;
            _mark = new FileMark(path);
            _utf8 = AsUtf8(options.Encoding);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The part of the file that was read, 0 to 1.</summary>
    internal double Done => _length > 0 ? Math.Min(1, (double)_file.Position / _length) : 0;

    /// <summary>The separator that the first line names, as spreadsheets write it (<c>sep=;</c>); null where it names none, or was not read yet.</summary>
    internal char? NamedSeparator { get; private set; }

    /// <summary>The next records; null at the end.</summary>
    internal CsvBlock? Next()
    {
        if (_isOver)
            return null;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Max(_blockBytes, 2 * _carriedCount));
        _carried.AsSpan(0, _carriedCount).CopyTo(bytes);
        int count = _carriedCount;
        while (true)
        {
            count += Fill(bytes.AsSpan(count));
            bool isLast = count < bytes.Length;
            if (!_isStarted)
            {
                count = WithoutPreface(bytes.AsSpan(0, count));
                if (count == 0 && !isLast)
                    continue;
            }
            var read = bytes.AsSpan(0, count);
            int end = EndOfRecords(read, out int quote);
            if (isLast && quote >= 0)
                throw Unclosed(read, quote, "the end of the file");
            if (isLast || read[..end].Count((byte)'\n') >= _leastLines)
                return Cut(bytes, count, isLast ? count : end, isLast);
            if (count >= MostRecordBytes)
            {
                throw quote >= 0 ? Unclosed(read, quote, $"{MostRecordBytes >> 20} MiB of text") : new DataFileException(
                    At(_line), $"a record of at most {MostRecordBytes >> 20} MiB", "a longer line", "Is it a file of separated values?");
            }
            byte[] larger = ArrayPool<byte>.Shared.Rent(2 * bytes.Length);
            read.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }
    }

    /// <summary>Checks that the file is still what it was when it was opened.</summary>
    internal void RequireUnchanged() => _mark.RequireUnchanged();

    public void Dispose()
    {
        _utf8.Dispose();
        _file.Dispose();
    }

    private string At(long line) => $"{_path}, line {line}";

    private Stream AsUtf8(Encoding? encoding)
    {
        byte[] start = new byte[FileSignature.MostBytes];
        int count = _file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        FileSignature.RequireNone(_path, start.AsSpan(0, count));
        var given = encoding ?? (start.AsSpan(0, count).StartsWith(Encoding.Unicode.Preamble) ? Encoding.Unicode
            : start.AsSpan(0, count).StartsWith(Encoding.BigEndianUnicode.Preamble) ? Encoding.BigEndianUnicode : Encoding.UTF8);
        int skipped = start.AsSpan(0, count).StartsWith(given.Preamble) ? given.Preamble.Length : 0;
        _file.Position = skipped;
        if (given.CodePage == Encoding.UTF8.CodePage)
        {
            _offset = skipped;
            return _file;
        }
        var strict = Encoding.GetEncoding(given.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        return Encoding.CreateTranscodingStream(_file, strict, new UTF8Encoding(false, true), leaveOpen: true);
    }

    private int Fill(Span<byte> bytes)
    {
        try
        {
            int count = _utf8.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            int zero = bytes[..count].IndexOf((byte)0);
            return zero < 0 ? count : throw new DataFileException(
                At(_line), "text", "a NUL byte",
                "It may be a binary file, such as a spreadsheet that is to be exported as CSV first, or UTF-16 without a byte order mark: then set "
                + "CsvOptions.Encoding = Encoding.Unicode.");
        }
        catch (DecoderFallbackException error)
        {
            throw new DataFileException(
                _path, "text of the given encoding", $"bytes that are none, before offset {_file.Position}",
                "Set CsvOptions.Encoding to the encoding that the file was written in.", error);
        }
    }

    /// <summary>Takes away what stands before the first record: a line that names the separator, and empty lines.</summary>
    /// <param name="bytes">The beginning of the file, or of what follows the empty lines; the rest is moved to its beginning.</param>
    /// <returns>How many bytes are left.</returns>
    private int WithoutPreface(Span<byte> bytes)
    {
        int skipped = 0;
        if (_line == 1 && bytes.Length > 5 && Ascii.EqualsIgnoreCase(bytes[..4], "sep="u8) && CsvOptions.MaySeparate((char)bytes[4])
            && bytes[5..].TrimStart((byte)'\r') is [(byte)'\n', ..])
        {
            NamedSeparator = (char)bytes[4];
            skipped = bytes.IndexOf((byte)'\n') + 1;
        }
        int text = bytes[skipped..].IndexOfAnyExcept(" \r\n"u8);
        _isStarted = text >= 0;
        // The line that the text stands in is kept from its beginning.
        skipped += bytes.Slice(skipped, text >= 0 ? text : bytes.Length - skipped).LastIndexOf((byte)'\n') + 1;
        _line += bytes[..skipped].Count((byte)'\n');
        _offset += skipped;
        bytes[skipped..].CopyTo(bytes);
        return bytes.Length - skipped;
    }

    /// <summary>Where the last whole record ends; 0 where none does.</summary>
    /// <param name="bytes">From the beginning of a record.</param>
    /// <param name="openQuote">The quote within which the bytes end; -1 where they end outside.</param>
    private static int EndOfRecords(ReadOnlySpan<byte> bytes, out int openQuote)
    {
        int end = 0, start = 0;
        while (true)
        {
            int quote = bytes[start..].IndexOf((byte)'"');
            int newline = (quote < 0 ? bytes[start..] : bytes.Slice(start, quote)).LastIndexOf((byte)'\n');
            if (newline >= 0)
                end = start + newline + 1;
            openQuote = quote < 0 ? -1 : start + quote;
            if (quote < 0)
                return end;
            int close = bytes[(openQuote + 1)..].IndexOf((byte)'"');
            if (close < 0)
                return end;
            start = openQuote + close + 2;
        }
    }

    private DataFileException Unclosed(ReadOnlySpan<byte> bytes, int quote, string where) => new(
        At(_line + bytes[..quote].Count((byte)'\n')), "a closing quote", $"none before {where}",
        "Close the quote, or double one that belongs to the text: \"\".");

    private CsvBlock? Cut(byte[] bytes, int count, int end, bool isLast)
    {
        _isOver = isLast;
        var block = new CsvBlock(bytes, end, _offset, _line, _isFirst);
        _carriedCount = count - end;
        if (_carried.Length < _carriedCount)
            _carried = new byte[Math.Max(_carriedCount, 4096)];
        bytes.AsSpan(end, _carriedCount).CopyTo(_carried);
        _offset += end;
        int lines = bytes.AsSpan(0, end).Count((byte)'\n');
        if (_line == 1 && lines == 0 && bytes.AsSpan(0, end).Contains((byte)'\r'))
            throw new DataFileException(_path, "lines that end in LF or CR LF", "CR alone", "Convert the file, for instance with 'mac2unix'.");
        _line += lines;
        _isFirst &= end == 0;
        if (end > 0)
            return block;
        block.Return();
        return null;
    }
}
