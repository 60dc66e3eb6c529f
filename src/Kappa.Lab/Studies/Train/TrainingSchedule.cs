namespace Kappa.Lab.Studies.Train;

/// <summary>How the learning rate changes over a training run.</summary>
/// <param name="Warmup">Steps over which it rises linearly to its full value; null for 100, or a tenth of the steps where that is fewer.</param>
/// <param name="Decay"><c>cosine</c> or <c>linear</c>, down to 0 at the end, or <c>none</c>.</param>
public sealed record TrainingSchedule(int? Warmup, string Decay)
{
    private const int UsualWarmup = 100;

    /// <summary>With the warm-up decided; steps are null where the clock ends the run.</summary>
    internal ScheduleConfig Over(int? steps) =>
        new(Warmup ?? (steps is { } count ? Math.Min(UsualWarmup, count / 10) : UsualWarmup), Decay);
}
