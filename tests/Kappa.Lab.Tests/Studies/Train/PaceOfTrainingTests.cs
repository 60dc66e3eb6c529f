namespace Kappa.Lab.Tests.Studies.Train;

/// <summary>The rate and the time left of a training whose first step takes half a minute and whose others a quarter of a second.</summary>
public sealed class PaceOfTrainingTests
{
    private const double Step = 0.25;

    [Fact]
    public void No_rate_is_told_before_it_is_known_and_the_first_step_is_no_part_of_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], SmallRun.Text);
        var clock = new SteppedClock();
        var choices = KappaCatalog.Choices.With<NetworkKind>([new SlowKind(clock)]);
        string json = SmallRun.Changed("""{ "evaluateEvery": 10 }""").Replace("\"transformer\"", "\"slow\"", StringComparison.Ordinal);
        var config = TrainingConfig.Parse(json, folder.FullPath, choices);
        var told = new List<TrainingProgress>();
        using var run = SmallRun.Open(config, folder["run"]);
        _ = new TrainingRunner(config, TrainingRunner.LoadData(config, run), clock).Run(run, new Told(told), CancellationToken.None);

        var steps = told.Where(one => one.Phase == RunPhase.Training).ToArray();
        Assert.Equal(Enumerable.Range(1, 23), steps.Select(one => one.Step));
        Assert.All(steps[..4], one => Assert.Equal((0.0, null), (one.UnitsPerSecond, one.SecondsLeft)));
        Assert.All(steps[4..], one => Assert.Equal(1 / Step * 4 * 8, one.UnitsPerSecond, 1e-6));
        Assert.Equal((23 - 9) * Step, steps[8].SecondsLeft!.Value, 1e-6);
    }

    private sealed class Told(List<TrainingProgress> all) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => all.Add(value);
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks = 1000;

        public override long TimestampFrequency => 10_000_000;

        public override long GetTimestamp() => _ticks;

        internal void Pass(double seconds) => _ticks += (long)Math.Round(seconds * TimestampFrequency);
    }

    /// <summary>A transformer whose forward passes of training take time by a clock.</summary>
    private sealed class SlowKind(SteppedClock clock) : NetworkKind
    {
        private static readonly NetworkKind Inner = KappaCatalog.Choices.Of<NetworkKind>().Single(kind => kind.Name == "transformer");

        public override string Name => "slow";

        public override string Summary => Inner.Summary;

        public override bool IsForText => true;

        public override SettingsType SettingsType => Inner.SettingsType;

        internal override int ContextLength(object settings) => Inner.ContextLength(settings);

        internal override Module Create(object settings, Shape inputShape, int outputSize, Philox generator) =>
            new Slow(Inner.Create(settings, inputShape, outputSize, generator), clock);
    }

    private sealed class Slow : Module
    {
        private readonly Module _inner;
        private readonly SteppedClock _clock;
        private int _steps;

        internal Slow(Module inner, SteppedClock clock) => (_inner, _clock) = (RegisterModule("inner", inner), clock);

        protected override Tensor ForwardCore(Tensor input)
        {
            // An evaluation takes a minute.
            _clock.Pass(!Training ? 60 : _steps++ == 0 ? 30 : Step);
            return _inner.Forward(input);
        }
    }
}
