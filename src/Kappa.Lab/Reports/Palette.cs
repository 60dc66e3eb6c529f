namespace Kappa.Lab.Reports;

/// <summary>How the lines of a page are told apart, in all its plots and in the files made from it: the same name looks the same everywhere.</summary>
internal sealed class Palette
{
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    /// <summary>Gives the lines of plots their looks, in the order in which they come; the first have the colours that differ most.</summary>
    /// <param name="plots">All plots of a page, in its order.</param>
    internal Palette(IEnumerable<LinePlot> plots)
    {
        foreach (var line in plots.SelectMany(plot => plot.Lines).Where(line => line.X.Count > 0 && !line.IsReference))
            _ = _indices.TryAdd(line.Name, _indices.Count);
    }

    /// <summary>Told apart by readers with any kind of colour vision: the first six are Okabe and Ito's (2008), without black and yellow.</summary>
    internal static IReadOnlyList<string> Colors { get; } =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31", "#7f7f7f", "#6a51a3", "#b2182b"];

    /// <summary>Told apart without any colour, as on paper; by the names of the plotting library of pages.</summary>
    internal static IReadOnlyList<string> Symbols { get; } =
        ["circle", "square", "diamond", "triangle-up", "cross", "x", "star", "triangle-down", "pentagon", "hexagon"];

    /// <summary>The names that have looks, in order.</summary>
    internal IEnumerable<string> Names => _indices.OrderBy(entry => entry.Value).Select(entry => entry.Key);

    /// <summary>The symbol of a place. Where colours begin again symbols are one further, so that points are told apart as well.</summary>
    internal static string SymbolAt(int index) => Symbols[(index + (index / Colors.Count)) % Symbols.Count];

    /// <summary>The place of a line in <see cref="Colors"/> and <see cref="Symbols"/>; where colours begin again lines are dashed.</summary>
    internal int IndexOf(string line) => _indices[line];
}
