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
