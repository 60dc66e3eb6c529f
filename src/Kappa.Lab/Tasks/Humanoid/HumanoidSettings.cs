namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The settings of the humanoid tasks.</summary>
internal sealed record HumanoidSettings
{
    [Setting("expert rollouts of 5 s to train on", AtLeast = 1, AtMost = 1000)]
    public int Demonstrations { get; init; } = 20;

    [Setting("further expert rollouts for the validation loss", AtLeast = 1, AtMost = 1000)]
    public int ValidationDemonstrations { get; init; } = 5;

    [Setting("whether each input is shifted and scaled to mean 0 and variance 1 over the training data")]
    public bool Standardize { get; init; } = true;

    [Setting("actions that the policy decides at once, each for 5 ms, and plays before it looks again", AtLeast = 1, AtMost = 100)]
    public int Chunk { get; init; } = 1;

    [Setting(
        "how the network says what to do: its output is the actions, or a flow from noise to them is trained by flow matching",
        OneOf = [ActionHead.Regression, ActionHead.Flow])]
    public string Head { get; init; } = ActionHead.Regression;

    [Setting("of the flow head: Euler steps from noise to actions", AtLeast = 1, AtMost = 1000)]
    public int FlowSteps { get; init; } = 10;

    [Setting("held-out starts from which the policy is let loose", AtLeast = 1, AtMost = 10_000)]
    public int Starts { get; init; } = 40;

    [Setting("how long it is let loose, in seconds", AtLeast = 0.1, AtMost = 100)]
    public double Seconds { get; init; } = 10;

    [Setting("standard deviation of the noise on the controls in the noisy rollouts; 0 leaves them out", AtLeast = 0, AtMost = 1)]
    public double ControlNoise { get; init; } = 0.05;

    [Setting("seed of demonstrations and starts, the same for every run of a comparison", AtLeast = 0)]
    public int DataSeed { get; init; }
}
