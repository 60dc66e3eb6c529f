namespace Kappa.Lab.Studies.Train;

/// <summary>How much of a run is done: by steps, or by the clock.</summary>
internal sealed class TrainingBudget
{
    private readonly double _seconds;
    private readonly ClockSchedule? _clockSchedule;

    internal TrainingBudget(TrainingConfig config, TrainingData data)
    {
        Steps = config.Steps;
        if (config.Epochs is { } passes)
        {
            double count = Math.Ceiling(passes * data.ExamplesPerEpoch / config.BatchSize);
            if (count > ComparisonConfig.MaximumSteps)
            {
                throw new ConfigException(
                    $"epochs: {passes} epochs of {data.ExamplesPerEpoch:0} examples are {count:0} steps; expected at most {ComparisonConfig.MaximumSteps}");
            }

            Steps = Math.Max(1, (int)count);
        }
        _seconds = 60 * (config.Minutes ?? 0);
        var schedule = config.Schedule.Resolved(Steps);
        if (Steps is { } total)
        {
            schedule.RequireWarmupBelow(total);
            Schedule = schedule.Over(total);
        }
        else
        {
            Schedule = _clockSchedule = new ClockSchedule(schedule);
        }
    }

    /// <summary>Steps of the run; null where the clock ends it.</summary>
    internal int? Steps { get; }

    internal LearningRateSchedule? Schedule { get; }

    /// <summary>The share of the run that is done, 0 to 1; a schedule by the clock takes it from here.</summary>
    internal double Share(int step, double seconds)
    {
        double share = Math.Min(1, Steps is { } steps ? step / (double)steps : seconds / _seconds);
        if (_clockSchedule is { } schedule)
            schedule.Share = share;
        return share;
    }

    /// <summary>A schedule whose fall follows the clock.</summary>
    private sealed class ClockSchedule(ScheduleConfig config) : LearningRateSchedule
    {
        private readonly LearningRateSchedule _rise = Warmup(config.Warmup ?? 0);

        internal double Share { get; set; }

        public override double Factor(long step) => _rise.Factor(step) * config.Decay switch
        {
            "cosine" => (1 + Math.Cos(Math.PI * Share)) / 2,
            "linear" => 1 - Share,
            _ => 1,
        };
    }
}
