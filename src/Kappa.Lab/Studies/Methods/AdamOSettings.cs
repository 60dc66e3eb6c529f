namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>adamo</c>.</summary>
internal sealed record AdamOSettings
{
    [Setting("AdamW's", Flat = true)]
    public AdamWSettings AdamW { get; init; } = new() { WeightDecay = 0 };

    [Setting("the penalty's", Flat = true)]
    public IsometrySettings Isometry { get; init; } = new();
}
