namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>activationPreconditioning</c> (DoPr).</summary>
public sealed record PreconditioningSettings
{
    private static readonly DoPrOptions Library = new();

    /// <summary>gamma.</summary>
    [Setting("damping relative to the mean eigenvalue of the inputs' second moment", AtLeast = 0)]
    public double Gamma { get; init; } = Library.Gamma;

    /// <summary>Absolute part of the damping.</summary>
    [Setting("absolute part of the damping", AtLeast = 0)]
    public double Floor { get; init; } = Library.Floor;

    /// <summary><c>mean</c> or <c>trace</c>.</summary>
    [Setting("what gamma is relative to: the mean eigenvalue, or the trace", OneOf = ["mean", "trace"])]
    public string Damping { get; init; } = "mean";

    /// <summary><c>all</c>, <c>first</c> or <c>hidden</c>.</summary>
    [Setting("which layers, linear ones, convolutions and embeddings: all, the first one, or all but the first", OneOf = ["all", "first", "hidden"])]
    public string Layers { get; init; } = "all";

    /// <summary>Whether biases go with their weights.</summary>
    [Setting("precondition the bias together with the weight")]
    public bool IncludeBias { get; init; } = Library.IncludeBias;

    /// <summary>Decay of the second moment's mean.</summary>
    [Setting("decay of a moving average of the second moment; 0 for none", AtLeast = 0, Below = 1)]
    public double MovingAverage { get; init; } = Library.MovingAverage;

    /// <summary>Steps between factorisations.</summary>
    [Setting("steps between factorisations of the second moment", AtLeast = 1)]
    public int Refresh { get; init; } = Library.RefreshInterval;

    internal DoPrOptions Options(Action<string>? onWarning) => new()
    {
        Gamma = Gamma,
        Floor = Floor,
        Damping = Damping == "trace" ? DampingRule.RelativeToTrace : DampingRule.RelativeToMean,
        Layers = Layers switch
        {
            "first" => LayerSelection.First,
            "hidden" => LayerSelection.AllButFirst,
            _ => LayerSelection.All,
        },
        IncludeBias = IncludeBias,
        MovingAverage = MovingAverage,
        RefreshInterval = Refresh,
        OnWarning = onWarning,
    };
}
