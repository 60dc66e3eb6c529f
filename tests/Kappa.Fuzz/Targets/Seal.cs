using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Kappa.Fuzz.Targets;

/// <summary>Makes the hash of sealed JSON right again after a change: without that every change would be refused at the first check.</summary>
internal static partial class Seal
{
    private static readonly string Zeros = new('0', 64);

    internal static byte[] Renewed(byte[] bytes)
    {
        string text = Encoding.Latin1.GetString(bytes);
        var digits = Digits().Match(text);
        if (!digits.Success)
            return bytes;
        int at = digits.Groups[1].Index;
        byte[] zeroed = Encoding.Latin1.GetBytes(text[..at] + Zeros + text[(at + digits.Groups[1].Length)..]);
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(zeroed))).CopyTo(zeroed.AsSpan(at));
        return zeroed;
    }

    [GeneratedRegex(@"^[ \n]*\{[ \n]*""sha256""[ \n]*:[ \n]*""([^""]*)""")]
    private static partial Regex Digits();
}
