namespace Kappa.Fuzz;

/// <summary>What was read is not what was written, or two ways of reading it do not agree.</summary>
/// <param name="message">In what.</param>
internal sealed class UnfaithfulException(string message) : Exception(message)
{
    /// <summary>Requires two texts to be the same.</summary>
    /// <exception cref="UnfaithfulException">They are not.</exception>
    internal static void Require(string what, string first, string second)
    {
        if (first != second)
            throw new UnfaithfulException($"{what}: {Short(first)} became {Short(second)}");
    }

    /// <summary>Requires bytes to be the same.</summary>
    /// <exception cref="UnfaithfulException">They are not.</exception>
    internal static void Require(string what, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        Require(what, Convert.ToHexStringLower(first), Convert.ToHexStringLower(second));

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "...";
}
