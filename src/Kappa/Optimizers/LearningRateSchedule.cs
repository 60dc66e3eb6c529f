namespace Kappa.Optimizers;

/// <summary>A factor on the learning rate that depends on the step alone, so that a resumed run needs no state for it.</summary>
/// <remarks>Steps count from 0, the first one. Where a warm-up is asked for, step s of it has the factor (s + 1) / warmup: never zero, and 1 at its last
/// step.</remarks>
public abstract class LearningRateSchedule
{
    /// <summary>The factor 1 at every step.</summary>
    public static LearningRateSchedule Constant { get; } = new RampSchedule(0, 0, 1, RampShape.Constant);

    /// <summary>The factor at one step, zero or more.</summary>
    /// <param name="step">Steps before this one, 0 at the first.</param>
    public abstract double Factor(long step);

    /// <summary>Rises linearly, then stays at 1.</summary>
    /// <param name="warmup">Steps of the rise, zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static LearningRateSchedule Warmup(long warmup) => new RampSchedule(warmup, warmup, 1, RampShape.Constant);

    /// <summary>Rises linearly, then falls along half a cosine (Loshchilov and Hutter, 2016, arXiv 1608.03983, eq. 5).</summary>
    /// <param name="warmup">Steps of the rise, zero or more.</param>
    /// <param name="total">The step from which on the factor is <paramref name="floor"/>; above <paramref name="warmup"/>. Usually the length of the
    /// run.</param>
    /// <param name="floor">The last factor, 0 to 1.</param>
    /// <returns>floor + (1 - floor) (1 + cos(pi t)) / 2 with t = (step - warmup) / (total - warmup): 1 at step warmup, floor at step total.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static LearningRateSchedule WarmupCosine(long warmup, long total, double floor = 0) => new RampSchedule(warmup, total, floor, RampShape.Cosine);

    /// <summary>Rises linearly, then falls linearly.</summary>
    /// <param name="warmup">Steps of the rise, zero or more.</param>
    /// <param name="total">The step from which on the factor is <paramref name="floor"/>; above <paramref name="warmup"/>. Usually the length of the
    /// run.</param>
    /// <param name="floor">The last factor, 0 to 1.</param>
    /// <returns>1 - (1 - floor) t with t = (step - warmup) / (total - warmup): 1 at step warmup, floor at step total.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static LearningRateSchedule WarmupLinear(long warmup, long total, double floor = 0) => new RampSchedule(warmup, total, floor, RampShape.Linear);
}
