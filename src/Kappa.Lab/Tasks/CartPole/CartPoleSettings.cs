namespace Kappa.Lab.Tasks.CartPole;

/// <summary>The settings of the cart-pole task.</summary>
internal sealed record CartPoleSettings : ICheckedSettings
{
    /// <summary>Place, angle and velocities.</summary>
    public const string State = "state";

    /// <summary>Grey pictures.</summary>
    public const string Picture = "picture";

    /// <summary>The share of starts that are held upright at the end.</summary>
    public const string Success = "success";

    /// <summary>How upright the pole is on average.</summary>
    public const string Return = "return";

    [Setting("what the policy sees: place, sine and cosine of the angle, and velocities; or pictures from the side", OneOf = [State, Picture])]
    public string Observation { get; init; } = State;

    [Setting("expert rollouts to train on", AtLeast = 1, AtMost = 1000)]
    public int Demonstrations { get; init; } = 40;

    [Setting("further expert rollouts for the validation loss", AtLeast = 1, AtMost = 1000)]
    public int ValidationDemonstrations { get; init; } = 10;

    [Setting("standard deviation of the noise on the controls (which range over [-1, 1]) in demonstrations", AtLeast = 0, AtMost = 1)]
    public double DemonstrationNoise { get; init; } = 0.1;

    [Setting("of states: whether each number is shifted and scaled to mean 0 and variance 1 over the training data")]
    public bool Standardize { get; init; } = true;

    [Setting("of pictures: pixels along a side", AtLeast = 8, AtMost = 64)]
    public int Side { get; init; } = 24;

    [Setting("of pictures: how many are seen at once, the last of them of now", AtLeast = 1, AtMost = 8)]
    public int Frames { get; init; } = 3;

    [Setting("of pictures: steps of 20 ms from one to the next", AtLeast = 1, AtMost = 50)]
    public int FrameEvery { get; init; } = 2;

    [Setting("the network, with its settings; left out, the config's model, an mlp, or for pictures a small conv")]
    public Choice<NetworkKind>? Network { get; init; }

    [Setting("actions that the policy decides at once, each for 20 ms, and plays before it looks again", AtLeast = 1, AtMost = 100)]
    public int Chunk { get; init; } = 1;

    [Setting(
        "how the network says what to do: its output is the actions, or a flow from noise to them is trained by flow matching",
        OneOf = [ActionHead.Regression, ActionHead.Flow])]
    public string Head { get; init; } = ActionHead.Regression;

    [Setting("of the flow head: Euler steps from noise to actions", AtLeast = 1, AtMost = 1000)]
    public int FlowSteps { get; init; } = 10;

    [Setting("held-out starts from which the policy is let loose", AtLeast = 1, AtMost = 10_000)]
    public int Starts { get; init; } = 40;

    [Setting("how long demonstrations and rollouts are, in seconds; the last second must be held", AtLeast = 2, AtMost = 100)]
    public double Seconds { get; init; } = 6;

    [Setting("standard deviation of the noise on the controls in the noisy rollouts; 0 leaves them out", AtLeast = 0, AtMost = 1)]
    public double ControlNoise { get; init; } = 0.1;

    [Setting(
        "what counts: the share of starts that are held upright at the end, or (1 + cosine of the angle) / 2 on average over time and starts",
        OneOf = [Success, Return])]
    public string Metric { get; init; } = Success;

    [Setting("seed of demonstrations and starts, the same for every run of a comparison", AtLeast = 0)]
    public int DataSeed { get; init; }

    internal bool ArePictures => Observation == Picture;

    public void Check(SettingsCheck check)
    {
        if (Network is { } network && !network.Kind.Takes(ArePictures ? DataContent.Pictures : DataContent.Rows))
        {
            string fitting = string.Join(", ", check.Choices.Of<NetworkKind>()
                .Where(kind => kind.Takes(ArePictures ? DataContent.Pictures : DataContent.Rows)).Select(kind => kind.Name));
            throw check.Fault(nameof(Network), $"{network.Name} does not take the observation \"{Observation}\"; expected {fitting}");
        }
        int steps = CartPoleScenario.StepsOf(Seconds);
        check.Require(Chunk <= steps, nameof(Chunk), Figures.Say($"at most the {steps} steps of {Seconds} s"), Chunk);
    }
}
