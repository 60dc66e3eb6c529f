namespace Kappa.Lab.Studies.Methods;

/// <summary>The strength of the isometry penalty at some weights.</summary>
internal sealed record LayerStrengthSettings
{
    [Setting("names of weights; * stands for any text")]
    public required string Pattern { get; init; }

    [Setting("lambda at these weights", AtLeast = 0)]
    public required double Strength { get; init; }
}
