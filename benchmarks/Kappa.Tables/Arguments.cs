namespace Kappa.Tables;

/// <summary>Options of a command line, each known.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _flags = [];

    /// <summary>Reads them.</summary>
    /// <param name="arguments">The words.</param>
    /// <param name="valued">Options that a value follows.</param>
    /// <param name="flags">Options without one.</param>
    /// <exception cref="ArgumentException">A word is none of these, or a value is missing.</exception>
    internal Arguments(IReadOnlyList<string> arguments, IReadOnlyList<string> valued, IReadOnlyList<string> flags)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string option = arguments[i];
            if (flags.Contains(option))
                _ = _flags.Add(option);
            else if (!valued.Contains(option))
                throw new ArgumentException($"expected {string.Join(", ", valued.Concat(flags))}; got {option}");
            else if (i + 1 == arguments.Count)
                throw new ArgumentException($"{option}: expected a value behind it; got none");
            else
                _values[option] = arguments[++i];
        }
    }

    internal bool Has(string flag) => _flags.Contains(flag);

    internal string? Value(string option) => _values.GetValueOrDefault(option);

    /// <summary>A whole number.</summary>
    /// <exception cref="ArgumentException">It is no whole number, or out of its range.</exception>
    internal long Whole(string option, long otherwise, long least, long most) => Value(option) is not { } text ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most ? number
        : throw new ArgumentException($"{option}: expected a whole number from {least} to {most}; got {text}");
}
