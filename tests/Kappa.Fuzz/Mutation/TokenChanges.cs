using System.Text.RegularExpressions;

namespace Kappa.Fuzz.Mutation;

/// <summary>Changes of text by its numbers, words, strings and marks. Text stands for bytes, one character each, so that what is not UTF-8 survives.</summary>
internal static partial class TokenChanges
{
    private const int MostDepth = 300;
    private const int LongText = 3000;

    private static readonly string[] Strange =
    [
        "0", "-0", "1", "-1", "2", "0.5", "1e400", "-1e400", "1e-400", "1e308", "NaN", "Infinity", "\"NaN\"", "\"Infinity\"", "2147483647", "2147483648",
        "-2147483648",
        "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e19", "1.0000000000000000000000000001", "007",
        "1,5",
        "null", "true", "false", "[]", "{}", "[[]]", "{\"a\":1}", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\u001b[31m\"", "\"\\n\"", "\"..\"",
        "\"/etc/passwd\"", "\"__proto__\"", "\"\u00ef\u00bb\u00bf\"", "\"\u00c3\u0028\"", "'", "\"", "\\", "\r", "\n", "\t", ";", ",", "|", "\0", "//", "/*",
        "1970-01-01", "9999-12-31T23:59:60Z", "-", "+", ".", "e", "#", "--", "\u00ff\u00fe", "\u00ef\u00bb\u00bf", "sep=,",
    ];

    /// <summary>One change.</summary>
    internal static List<byte> Change(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        var tokens = Split(Latin1(bytes));
        if (tokens.Count == 0)
            return [.. Encoding.Latin1.GetBytes(Strange[random.NextInt32(Strange.Length)])];
        int at = random.NextInt32(tokens.Count), other = random.NextInt32(tokens.Count);
        switch (random.NextInt32(9))
        {
            case 0 or 1:
                tokens[at] = Strange[random.NextInt32(Strange.Length)];
                break;
            case 2:
                tokens.RemoveRange(at, Math.Min(tokens.Count - at, 1 + random.NextInt32(4)));
                break;
            case 3:
                tokens.InsertRange(other, tokens.GetRange(at, Math.Min(tokens.Count - at, 1 + random.NextInt32(16))));
                break;
            case 4:
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 5:
                var from = Split(Encoding.Latin1.GetString(pool[random.NextInt32(pool.Count)]));
                tokens[at] = from.Count == 0 ? "" : from[random.NextInt32(from.Count)];
                break;
            case 6:
                int depth = 1 + random.NextInt32(MostDepth);
                var (open, close) = random.NextInt32(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
                tokens[at] = string.Concat(Enumerable.Repeat(open, depth)) + tokens[at] + string.Concat(Enumerable.Repeat(close, depth));
                break;
            case 7:
                tokens[at] = tokens[at] is ['"', .., '"'] quoted ? $"\"{new string('x', random.NextInt32(LongText))}{quoted[1..]}" : tokens[at] + tokens[at];
                break;
            default:
                tokens.Insert(at, Strange[random.NextInt32(Strange.Length)]);
                break;
        }
        return [.. Encoding.Latin1.GetBytes(string.Concat(tokens))];
    }

    private static string Latin1(List<byte> bytes) => Encoding.Latin1.GetString([.. bytes]);

    private static List<string> Split(string text) => [.. Tokens().Matches(text).Select(match => match.Value)];

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]+|\s+|.
        """, RegexOptions.Singleline)]
    private static partial Regex Tokens();
}
