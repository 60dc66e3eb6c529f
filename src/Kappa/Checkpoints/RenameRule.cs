namespace Kappa.Checkpoints;

/// <summary>What a part of a tensor's name in a file is called in a model, such as <c>layers.*.attn=blocks.*.attention</c>.</summary>
/// <remarks>Names are parts between dots. The rule applies to a name that begins with the parts before the equals sign, where <c>*</c> is any one part, and
/// puts the parts behind it in their place, with what each <c>*</c> was in its turn; the rest of the name stays. <c>model=</c> takes a first part away, and
/// <c>=encoder</c> puts one in front of every name.</remarks>
internal sealed class RenameRule
{
    private const string Any = "*";

    private readonly string[] _from;
    private readonly string[] _to;

    private RenameRule(string text, string[] from, string[] to) => (Text, _from, _to) = (text, from, to);

    /// <summary>The rule as it was written.</summary>
    internal string Text { get; }

    /// <summary>Reads a rule.</summary>
    /// <exception cref="ArgumentException">It is none; the message says what is wrong.</exception>
    internal static RenameRule Parse(string text)
    {
        string[] sides = text?.Split('=') ?? [];
        if (sides.Length != 2)
            throw Error("one equals sign, with the name in the file before it and that in the model behind it");
        var (from, to) = (PartsOf(sides[0]), PartsOf(sides[1]));
        if (from.Concat(to).Any(part => part.Length == 0 || (part != Any && part.Contains('*', StringComparison.Ordinal))))
            throw Error("parts between dots that are names, or * alone");
        if (to.Count(part => part == Any) > from.Count(part => part == Any))
            throw Error("no more * behind the equals sign than before it");
        return new RenameRule(text!, from, to);

        ArgumentException Error(string expected) =>
            new($"ImportOptions.Rename: \"{text}\": expected {expected}, such as \"fc1=0\" or \"layers.*.attn=blocks.*.attention\"");
    }

    /// <summary>The name in the model; null where the rule does not apply.</summary>
    internal string? Apply(string name)
    {
        string[] parts = name.Split('.');
        if (!NamePattern.IsPrefix(_from, parts))
            return null;
        var held = new Queue<string>(_from.Index().Where(part => part.Item == Any).Select(part => parts[part.Index]));
        return string.Join('.', _to.Select(part => part == Any ? held.Dequeue() : part).Concat(parts[_from.Length..]));
    }

    private static string[] PartsOf(string side) => side.Trim().Length == 0 ? [] : side.Trim().Split('.');
}
