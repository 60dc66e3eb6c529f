namespace Kappa.Checkpoints;

/// <summary>The first parts of names, such as <c>head</c> or <c>blocks.*.norm</c>; <c>*</c> is any one part.</summary>
/// <param name="text">The pattern.</param>
internal sealed class NamePattern(string text)
{
    private readonly string[] _parts = text.Split('.');

    /// <summary>The pattern as it was written.</summary>
    internal string Text { get; } = text;

    /// <summary>Reads patterns.</summary>
    /// <exception cref="ArgumentException">One has an empty part.</exception>
    internal static NamePattern[] Parse(IReadOnlyList<string> texts, string option) =>
    [
        .. texts.Select(text => !string.IsNullOrEmpty(text) && text.Split('.').All(part => part.Length > 0) ? new NamePattern(text)
            : throw new ArgumentException($"ImportOptions.{option}: \"{text}\": expected parts of a name between dots, such as \"head\" or \"blocks.*.norm\"")),
    ];

    /// <summary>Whether a name begins so.</summary>
    internal bool Matches(string name) => IsPrefix(_parts, name.Split('.'));

    /// <summary>Whether parts of a name begin as a pattern does.</summary>
    internal static bool IsPrefix(string[] pattern, string[] parts) =>
        pattern.Length <= parts.Length && pattern.Index().All(part => part.Item == "*" || part.Item == parts[part.Index]);
}
