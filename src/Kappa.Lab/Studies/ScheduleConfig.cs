using Kappa.Optimizers;

namespace Kappa.Lab.Studies;

/// <summary>How the learning rate changes over a run.</summary>
/// <param name="Warmup">Steps over which the rate rises linearly to its full value; 0 for none.</param>
/// <param name="Decay"><c>cosine</c> or <c>linear</c>, down to 0 at the last step, or <c>none</c>.</param>
public sealed record ScheduleConfig(int Warmup, string Decay)
{
    /// <summary>The schedule over a number of steps; null where the rate stays as it is.</summary>
    internal LearningRateSchedule? Over(int steps) => Decay switch
    {
        "cosine" => LearningRateSchedule.WarmupCosine(Warmup, steps),
        "linear" => LearningRateSchedule.WarmupLinear(Warmup, steps),
        _ => Warmup == 0 ? null : LearningRateSchedule.Warmup(Warmup),
    };
}
