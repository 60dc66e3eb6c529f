namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>muono</c>.</summary>
internal sealed record MuonOSettings
{
    [Setting("Muon's", Flat = true)]
    public MuonSettings Muon { get; init; } = new();

    [Setting("the penalty's", Flat = true)]
    public IsometrySettings Isometry { get; init; } = new();
}
