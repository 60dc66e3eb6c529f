namespace Kappa.Data.Tests.Text;

/// <summary>Text of all kinds: letters, blanks, marks, other scripts, characters beyond 16 bits, controls.</summary>
internal static class RandomText
{
    /// <summary>Up to a length, from a few characters that repeat, so that pairs do too.</summary>
    internal static string OfFew(Philox generator, int length)
    {
        string[] alphabet = ["a", "b", "ab", " ", "'", "\n", "é", "\U0001F600", "1"];
        return string.Concat(Enumerable.Range(0, generator.NextInt32(length + 1)).Select(_ => alphabet[generator.NextInt32(alphabet.Length)]));
    }

    /// <summary>Any scalar values of Unicode.</summary>
    internal static string OfAll(Philox generator, int length)
    {
        var text = new StringBuilder();
        for (int i = generator.NextInt32(length + 1); i > 0; i--)
        {
            int limit = generator.NextInt32(3) switch { 0 => 0x80, 1 => 0xd800, _ => 0x110000 };
            int value = generator.NextInt32(limit);
            _ = text.Append(Rune.IsValid(value) ? new Rune(value) : new Rune(' '));
        }
        return text.ToString();
    }
}
