namespace Kappa.Lab.Studies;

/// <summary>How the learning rate changes over a run.</summary>
public sealed record ScheduleConfig
{
    private const int UsualWarmup = 100;

    /// <summary>Steps over which the rate rises linearly to its full value; 0 for none, null for 100, or a tenth of the steps where that is fewer.</summary>
    [Setting("steps over which the rate rises", AtLeast = 0, DefaultText = "100, or a tenth of the steps where that is fewer")]
    public int? Warmup { get; init; }

    /// <summary><c>cosine</c> or <c>linear</c>, down to 0 at the last step, or <c>none</c>.</summary>
    [Setting("how it falls to 0 at the last step", OneOf = ["cosine", "linear", "none"])]
    public string Decay { get; init; } = "cosine";

    /// <summary>With the warm-up decided; steps are null where the clock ends the run.</summary>
    internal ScheduleConfig Resolved(int? steps) => this with { Warmup = WarmupOver(steps) };

    /// <summary>The schedule over a number of steps; null where the rate stays as it is.</summary>
    internal LearningRateSchedule? Over(int steps) => Decay switch
    {
        "cosine" => LearningRateSchedule.WarmupCosine(WarmupOver(steps), steps),
        "linear" => LearningRateSchedule.WarmupLinear(WarmupOver(steps), steps),
        _ => WarmupOver(steps) is > 0 and int warmup ? LearningRateSchedule.Warmup(warmup) : null,
    };

    /// <exception cref="ConfigException">The rate would rise for as long as the run.</exception>
    internal void RequireWarmupBelow(int steps)
    {
        if (Warmup >= steps)
            throw new ConfigException($"schedule.warmup: expected fewer than the {steps} steps of training; got {Warmup}");
    }

    private int WarmupOver(int? steps) => Warmup ?? (steps is { } count ? Math.Min(UsualWarmup, count / 10) : UsualWarmup);
}
