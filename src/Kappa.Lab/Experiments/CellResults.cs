using System.Diagnostics.CodeAnalysis;

namespace Kappa.Lab.Experiments;

/// <summary>The results of an experiment's finished cells.</summary>
/// <param name="Finished">In the order of the cells.</param>
/// <param name="Total">The number of cells, finished or not.</param>
public sealed record CellResults(IReadOnlyList<CellResult> Finished, int Total)
{
    private readonly Dictionary<string, CellResult> _byKey = Finished.ToDictionary(result => result.Key);

    /// <summary>The result of a cell.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="result">Its result.</param>
    /// <returns>Whether it is finished.</returns>
    public bool TryGet(string key, [NotNullWhen(true)] out CellResult? result) => _byKey.TryGetValue(key, out result);

    /// <summary>The results of some cells; those that are not finished are left out.</summary>
    /// <param name="keys">The cells.</param>
    public IReadOnlyList<CellResult> Of(IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return [.. keys.Select(key => _byKey.GetValueOrDefault(key)).OfType<CellResult>()];
    }
}
