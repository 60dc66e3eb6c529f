namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>sgd</c>.</summary>
internal sealed record SgdSettings : ICheckedSettings
{
    [Setting("share of the velocity kept", AtLeast = 0, Below = 1)]
    public double Momentum { get; init; }

    [Setting("share of the gradient that does not enter the velocity", AtLeast = 0, AtMost = 1)]
    public double Dampening { get; init; }

    [Setting("look ahead along the velocity (Nesterov); needs momentum")]
    public bool Nesterov { get; init; }

    [Setting("share of itself, times the learning rate, that a parameter loses in each step", AtLeast = 0)]
    public double WeightDecay { get; init; }

    public void Check(SettingsCheck check) => check.Require(
        !Nesterov || (Momentum > 0 && Dampening == 0),
        nameof(Nesterov),
        "momentum above 0 and dampening 0 with it",
        $"momentum {Momentum} and dampening {Dampening}");
}

/// <summary>The settings of <c>signum</c>.</summary>
internal sealed record SignumSettings
{
    [Setting("decay of the mean of gradients; 0 is signSGD", AtLeast = 0, Below = 1)]
    public double Momentum { get; init; } = 0.9;

    [Setting("share of itself, times the learning rate, that a parameter loses in each step", AtLeast = 0)]
    public double WeightDecay { get; init; }
}

/// <summary>The settings of <c>adamo</c>.</summary>
internal sealed record AdamOSettings
{
    [Setting("AdamW's", Flat = true)]
    public AdamWOptions AdamW { get; init; } = new() { WeightDecay = 0 };

    [Setting("the penalty's", Flat = true)]
    public IsometryOptions Isometry { get; init; } = new();
}

/// <summary>The settings of <c>muono</c>.</summary>
internal sealed record MuonOSettings
{
    [Setting("Muon's", Flat = true)]
    public MuonOptions Muon { get; init; } = new();

    [Setting("the penalty's", Flat = true)]
    public IsometryOptions Isometry { get; init; } = new();
}

/// <summary>The settings of <c>l2</c> and <c>l2-init</c>.</summary>
internal sealed record PenaltySettings
{
    [Setting("lambda, what the penalty is multiplied by", AtLeast = 0)]
    public double Strength { get; init; } = 1e-4;
}
