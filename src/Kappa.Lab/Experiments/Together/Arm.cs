namespace Kappa.Lab.Experiments.Together;

/// <summary>A combination of the methods, on one network.</summary>
/// <param name="Network">The network.</param>
/// <param name="Factors">What it has.</param>
internal sealed record Arm(string Network, Factor Factors)
{
    /// <summary>The factors, with what tables call them.</summary>
    internal static IReadOnlyList<(Factor Factor, string Title)> Named { get; } =
    [
        (Factor.PathCond, "PathCond"), (Factor.Muon, "Muon for AdamW"), (Factor.Preconditioning, "AP"), (Factor.Isometry, "isometry"),
    ];

    /// <summary>Every combination.</summary>
    internal static IReadOnlyList<Factor> All { get; } = [.. Enumerable.Range(0, 1 << Named.Count).Select(bits => (Factor)bits)];

    /// <summary>The cell of it.</summary>
    internal string Key => $"{Network}/{Title.ToLowerInvariant().Replace(", ", "-", StringComparison.Ordinal)}";

    /// <summary>What tables call it.</summary>
    internal string Title => (Has(Factor.PathCond) ? "PathCond, " : "") + (Has(Factor.Preconditioning) ? "DoPr-" : "") + BaseTitle;

    internal bool Has(Factor factor) => Factors.HasFlag(factor);

    private string BaseTitle => (Has(Factor.Muon), Has(Factor.Isometry)) switch
    {
        (false, false) => "AdamW",
        (false, true) => "AdamO",
        (true, false) => "Muon",
        (true, true) => "MuonO",
    };
}
