namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>redo</c>.</summary>
internal sealed record ReDoSettings
{
    private static readonly ReDoOptions Library = new();

    [Setting("steps from one look for dormant units to the next", AtLeast = 1)]
    public int Interval { get; init; } = Library.Interval;

    [Setting("tau: a unit is dormant where its mean magnitude over that of its layer is at most this", AtLeast = 0, Below = 1)]
    public double Threshold { get; init; } = Library.Threshold;

    internal ReDoOptions Options => new() { Interval = Interval, Threshold = Threshold };
}
