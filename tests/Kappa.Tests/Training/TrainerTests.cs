using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Tensors;
using Kappa.Tests.Checkpoints;
using Kappa.Training;
using Kappa.Training.Metrics;

namespace Kappa.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void A_classifier_learns_and_ends_with_its_best_parameters()
    {
        var (model, accuracy) = (Model(), new Accuracy());
        var trainer = new Trainer(
            model, new AdamW(model.Parameters(), 1e-2), new TrainerOptions { Epochs = 30, Metrics = [accuracy], Monitor = accuracy, Progress = null });
        var outcome = trainer.Fit(new Spirals(20), Spirals.Validation());
        Assert.Equal((TrainingEnd.Finished, 30, 30L * 8), (outcome.End, outcome.History.Count, outcome.Steps));
        Assert.True(outcome.Best.Figure > 0.9, $"{outcome.Best}");
        Assert.Equal(outcome.History.Max(record => record.Figure), outcome.Best.Figure);
        Assert.False(model.Training);
        Assert.Equal(outcome.Best.ValidationLoss, trainer.Evaluate(Spirals.Validation()));
        Assert.Equal(outcome.Best.Metrics["accuracy"], accuracy.Value);
        Assert.InRange(outcome.DataWait, 0, 1);
    }

    [Fact]
    public void It_stops_when_nothing_gets_better()
    {
        var model = Model();
        var outcome = Fit(model, new TrainerOptions { Epochs = 100, Patience = 3, LeastImprovement = 1e9 });
        Assert.Equal((TrainingEnd.StoppedEarly, 4), (outcome.End, outcome.History.Count));
        Assert.Equal(outcome.History[0], outcome.Best);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void Stopped_anywhere_and_resumed_it_ends_in_the_same_bits(int accumulate, bool isPreconditioned)
    {
        using var folder = new TemporaryFolder();
        var options = new TrainerOptions { Steps = 23, EvaluateEvery = 5, Accumulate = accumulate, Folder = folder.File("whole"), Metrics = [new Accuracy()] };
        var whole = Run(options, null);
        // In every batch of a step, and at every distance from an evaluation.
        for (int stop = 1; stop < 40; stop += 7)
        {
            string path = folder.File($"parts-{stop}");
            // The token is cancelled while the batch of that number is being asked for, or at an evaluation.
            _ = Assert.ThrowsAny<OperationCanceledException>(() => Run(options with { Folder = path }, stop));
            var resumed = Run(options with { Folder = path, Resume = true }, null);
            Assert.Equal(whole.Bits, resumed.Bits);
            Assert.Equal(Untimed(whole.Outcome), Untimed(resumed.Outcome));
            if (stop / accumulate >= 20)
                break;
        }

        (float[] Bits, TrainingOutcome Outcome) Run(TrainerOptions given, int? stop)
        {
            var model = Model();
            Optimizer optimizer = new AdamW(model.Parameters(), 1e-2);
            if (isPreconditioned)
                optimizer = new DoPr(optimizer, model);
            using var source = new CancellationTokenSource();
            var outcome = new Trainer(model, optimizer, given with { Progress = null }).Fit(new Spirals(20, stop, source), Spirals.Validation(), source.Token);
            return (Bits(model), outcome);
        }
    }

    [Fact]
    public void A_resume_during_an_evaluation_makes_it()
    {
        using var folder = new TemporaryFolder();
        var options = new TrainerOptions { Steps = 10, EvaluateEvery = 5, Folder = folder.File("run"), Progress = null };
        var model = Model();
        using var source = new CancellationTokenSource();
        _ = Assert.ThrowsAny<OperationCanceledException>(
            () => new Trainer(model, new SGD(model.Parameters(), 0.1), options).Fit(new Spirals(20), Cancelling(source), source.Token));
        model = Model();
        var outcome = new Trainer(model, new SGD(model.Parameters(), 0.1), options with { Resume = true }).Fit(new Spirals(20), Spirals.Validation());
        var other = Model();
        var whole = new Trainer(other, new SGD(other.Parameters(), 0.1), options with { Folder = null }).Fit(new Spirals(20), Spirals.Validation());
        Assert.Equal(Untimed(whole), Untimed(outcome));
    }

    [Fact]
    public void Batches_in_parts_have_the_gradient_of_the_whole()
    {
        var (whole, parts) = (Model(dropout: 0), Model(dropout: 0));
        _ = Fit(whole, new TrainerOptions { Steps = 4 }, new Spirals(80));
        _ = Fit(parts, new TrainerOptions { Steps = 4, Accumulate = 4 }, new Spirals(20));
        Assert.All(Bits(whole).Zip(Bits(parts)), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
    }

    [Fact]
    public void Best_and_last_are_checkpoints_that_anyone_can_load()
    {
        using var folder = new TemporaryFolder();
        var model = Model();
        var outcome = Fit(model, new TrainerOptions { Epochs = 6, Folder = folder.File("run") });
        var best = Model();
        Assert.Equal(outcome.Best.Step, Checkpoint.LoadLatest(folder.File("run/best"), best, null)!.Step);
        Assert.Equal(Bits(model), Bits(best));
        Assert.Equal(outcome.Steps, Checkpoint.LoadLatest(folder.File("run/last"), Model(), null)!.Step);
        var error = Assert.Throws<InvalidOperationException>(() => Fit(Model(), new TrainerOptions { Epochs = 6, Folder = folder.File("run") }));
        Assert.Contains("Resume", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidOperationException>(
            () => Fit(Model(), new TrainerOptions { Epochs = 6, Folder = folder.File("run"), Resume = true, Accumulate = 2 }));
        Assert.Contains("Accumulate was 1, and is now 2", error.Message, StringComparison.Ordinal);
        // More of the same goes on.
        Assert.Equal(12 * 8, Fit(Model(), new TrainerOptions { Epochs = 12, Folder = folder.File("run"), Resume = true }).Steps);
    }

    [Fact]
    public void Callbacks_hear_of_it_and_may_end_it()
    {
        var calls = new Recorder();
        var outcome = Fit(Model(), new TrainerOptions { Epochs = 5, Callbacks = [calls] });
        Assert.Equal((TrainingEnd.Stopped, 10L, 10), (outcome.End, outcome.Steps, calls.Steps));
        Assert.Equal(2, calls.Evaluations);
        Assert.Same(outcome, calls.Outcome);
    }

    [Fact]
    public void A_folder_takes_one_training_at_a_time()
    {
        using var folder = new TemporaryFolder();
        var options = new TrainerOptions { Epochs = 2, Folder = folder.File("run") };
        string? message = null;
        var second = new OnStep(5, () => message = Assert.Throws<InvalidOperationException>(() => Fit(Model(), options with { Resume = true })).Message);
        Assert.Equal(16, Fit(Model(), options with { Callbacks = [second] }).Steps);
        Assert.Contains(
            $"the folder {folder.File("run")} is in use: another training, of this process or another, writes there. Wait until it is done, or give another",
            message, StringComparison.Ordinal);
        // It is free again, also after a failure.
        _ = Assert.Throws<DivideByZeroException>(() => Fit(
            Model(), options with { Epochs = 3, Resume = true, Callbacks = [new OnStep(20, () => throw new DivideByZeroException())] }));
        Assert.Equal(32, Fit(Model(), options with { Epochs = 4, Resume = true }).Steps);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(23)]
    public void A_callback_that_throws_leaves_a_training_that_goes_on_to_the_same_bits(int step)
    {
        using var folder = new TemporaryFolder();
        var options = new TrainerOptions { Steps = 23, EvaluateEvery = 5 };
        var (whole, stopped, resumed) = (Model(), Model(), Model());
        var expected = Fit(whole, options);
        _ = Assert.Throws<DivideByZeroException>(() => Fit(
            stopped, options with { Folder = folder.File("run"), Callbacks = [new OnStep(step, () => throw new DivideByZeroException())] }));
        var outcome = Fit(resumed, options with { Folder = folder.File("run"), Resume = true });
        Assert.Equal(Untimed(expected), Untimed(outcome));
        Assert.Equal(Bits(whole), Bits(resumed));
    }

    [Fact]
    public void What_cannot_be_measured_is_said_and_no_figure_is_made_of_it()
    {
        var (model, roc) = (Model(), new RocArea());
        var trainer = new Trainer(
            model, new SGD(model.Parameters(), 0.1), new TrainerOptions { Epochs = 9, Metrics = [roc], Monitor = roc, Patience = 2, Progress = null });
        var oneClass = new Batch(Tensor.Zeros([4, 2]), Tensor.From([1, 1, 1, 1], [4]));
        var refused = Assert.Throws<InvalidOperationException>(() => trainer.Fit(new Spirals(20), [oneClass]));
        Assert.Contains("ROC area is undefined: all 4 examples are", refused.Message, StringComparison.Ordinal);
        Assert.Contains("got an empty list", Assert.Throws<ArgumentException>(() => trainer.Fit(new Spirals(20), [])).Message, StringComparison.Ordinal);
        Assert.Contains("there is no validation example", Assert.Throws<ArgumentException>(
            () => trainer.Fit(new Spirals(20), Spirals.Validation().Where(_ => false))).Message, StringComparison.Ordinal);
        float[] bad = [0, 0, float.NaN, 0];
        Assert.Contains("NaN", Assert.Throws<NonFiniteException>(
            () => trainer.Fit(new Spirals(20), [new Batch(Tensor.From(bad, [2, 2]), Tensor.From([0, 1], [2]))])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Silent_mistakes_are_named()
    {
        var evaluating = Assert.Throws<InvalidOperationException>(
            () => Fit(Model(), new TrainerOptions { Steps = 9, EvaluateEvery = 3, Callbacks = [new Recorder { Evaluates = true }] }));
        Assert.Contains("evaluation mode", evaluating.Message, StringComparison.Ordinal);
        var probabilities = Assert.Throws<InvalidOperationException>(() => Fit(new Sequential(Model(), new Softmax()), new TrainerOptions { Steps = 3 }));
        Assert.Contains("before the softmax", probabilities.Message, StringComparison.Ordinal);
        _ = Fit(new Sequential(Model(), new Softmax()), new TrainerOptions { Steps = 3, Guards = false });
        var floats = Assert.Throws<ArgumentException>(
            () => Fit(Model(), new TrainerOptions { Steps = 3 }, new Spirals(20, type: DataType.Float32, floatLabels: true)));
        Assert.Contains("To(DataType.Int32)", floats.Message, StringComparison.Ordinal);
        var unfit = Assert.Throws<ArgumentException>(() => Fit(Model(), new TrainerOptions { Steps = 3, Metrics = [new RSquared()] }));
        Assert.Contains("R2 is of numbers, and the loss, cross-entropy, is of classes", unfit.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        _ = Assert.Throws<ArgumentException>(() => Fit(Model(), new TrainerOptions()));
        _ = Assert.Throws<ArgumentException>(() => Fit(Model(), new TrainerOptions { Epochs = 1, Steps = 1 }));
        _ = Assert.Throws<ArgumentException>(() => Fit(Model(), new TrainerOptions { Epochs = 1, Monitor = new Accuracy() }));
        _ = Assert.Throws<ArgumentException>(() => Fit(Model(), new TrainerOptions { Epochs = 1, Resume = true }));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Fit(Model(), new TrainerOptions { Epochs = double.NaN }));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Fit(Model(), new TrainerOptions { Steps = 0 }));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Fit(Model(), new TrainerOptions { Steps = 1, Accumulate = 0 }));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Fit(Model(), new TrainerOptions { Steps = 1, Patience = 0 }));
    }

    [Fact]
    public void Metrics_without_validation_examples_are_refused_before_the_first_step_and_the_loss_alone_needs_none()
    {
        var (model, accuracy) = (Model(), new Accuracy());
        float[] before = Bits(model);
        var options = new TrainerOptions { Steps = 9, EvaluateEvery = 3, Metrics = [accuracy], Monitor = accuracy, Progress = null };
        var error = Assert.Throws<ArgumentException>(() => new Trainer(model, new SGD(model.Parameters(), 0.1), options).Fit(new Spirals(20)));
        Assert.Contains("accuracy", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Bits(model));
        options = options with { Metrics = [], Monitor = null };
        var outcome = new Trainer(model, new SGD(model.Parameters(), 0.1), options).Fit(new Spirals(20));
        Assert.Equal(3, outcome.History.Count);
        Assert.All(outcome.History, record => Assert.Equal(record.TrainingLoss, record.Figure));
    }

    [Fact]
    public void Evaluations_have_a_line_each_and_terminals_one_that_changes()
    {
        foreach (bool isTerminal in (bool[])[false, true])
        {
            using var writer = new StringWriter();
            var progress = new ConsoleProgress(writer, isTerminal, new TickingClock());
            _ = Fit(Model(), new TrainerOptions { Epochs = 2, Progress = progress, Clock = new TickingClock() });
            string[] lines = writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, lines.Length);
            Assert.Contains("epoch   1.00  step       8/16  loss", lines[0], StringComparison.Ordinal);
            Assert.Equal(isTerminal, writer.ToString().Contains("examples/s", StringComparison.Ordinal));
        }
    }

    private static TrainingOutcome Fit(Module model, TrainerOptions options, Spirals? data = null)
    {
        // The tests of what the terminal shows have a clock of their own.
        var quiet = options.Clock == TimeProvider.System ? options with { Progress = null } : options;
        return new Trainer(model, new SGD(model.Parameters(), 0.1), quiet).Fit(data ?? new Spirals(20), Spirals.Validation());
    }

    private static Sequential Model(double dropout = 0.05) => new(new Linear(2, 16), new Tanh(), new Dropout(dropout), new Linear(16, 3));

    private static float[] Bits(Module model) => [.. model.Parameters().SelectMany(parameter => parameter.Tensor.ToArray<float>())];

    private static readonly Dictionary<string, double> Nothing = [];

    private static string Untimed(TrainingOutcome outcome) =>
        string.Join('\n', outcome.History.Select(record => $"{record with { Seconds = 0, Metrics = Nothing }} {string.Join(' ', record.Metrics)}"))
        + $"\n{outcome.End} {outcome.Steps} {outcome.Best.Step}";

    private static IEnumerable<Batch> Cancelling(CancellationTokenSource source)
    {
        source.Cancel();
        return Spirals.Validation();
    }

    private sealed class Softmax : Module
    {
        protected override Tensor ForwardCore(Tensor input) => input.Softmax();
    }

    private sealed class Recorder : TrainerCallback
    {
        internal bool Evaluates { get; init; }

        internal int Steps { get; private set; }

        internal int Evaluations { get; private set; }

        internal TrainingOutcome? Outcome { get; private set; }

        public override void StepTaken(Trainer trainer, long step, double loss)
        {
            Steps++;
            if (step == 10)
                trainer.Stop();
        }

        public override void Evaluated(Trainer trainer, TrainingRecord record)
        {
            Evaluations++;
            if (Evaluates)
                trainer.Model.Eval();
        }

        public override void Ended(Trainer trainer, TrainingOutcome outcome) => Outcome = outcome;
    }

    private sealed class OnStep(long at, Action action) : TrainerCallback
    {
        public override void StepTaken(Trainer trainer, long step, double loss)
        {
            if (step == at)
                action();
        }
    }

    private sealed class TickingClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 10;

        public override long GetTimestamp() => _now += 2;
    }

    /// <summary>Three arms of a spiral, 160 points, in a fixed order that each epoch rotates.</summary>
    private sealed class Spirals(
        int batchSize, int? cancelAt = null, CancellationTokenSource? source = null, DataType type = DataType.Float32, bool floatLabels = false) : IBatchSource
    {
        private const int Examples = 160;
        private int _asked;

        public int BatchSize => batchSize;

        public int BatchesPerEpoch => Examples / batchSize;

        public BatchPosition Position { get; set; } = new(1, 0, 0, Examples);

        public static IEnumerable<Batch> Validation() => [Take(0, Examples, 1e-3)];

        public Batch Next(CancellationToken cancellation = default)
        {
            if (++_asked == cancelAt)
                source!.Cancel();
            cancellation.ThrowIfCancellationRequested();
            var batch = Take(Position.Offset, batchSize, Position.Epoch);
            int offset = Position.Offset + batchSize;
            Position = offset >= Examples ? Position with { Epoch = Position.Epoch + 1, Offset = 0 } : Position with { Offset = offset };
            return new Batch(batch.Inputs.To(type), floatLabels ? batch.Targets.To(DataType.Float32) : batch.Targets);
        }

        private static Batch Take(int offset, int count, double shift)
        {
            int[] rows = [.. Enumerable.Range(offset, count).Select(i => (i * 37) % Examples)];
            return new Batch(
                Tensor.From([.. rows.SelectMany(i => Point(i, shift * 1e-4))], [count, 2]), Tensor.From([.. rows.Select(i => i % 3)], [count]));
        }

        private static float[] Point(int i, double shift)
        {
            double radius = 0.2 + (i / 3 / 60.0), angle = (2 * Math.PI * (i % 3) / 3) + (2 * radius) + shift;
            return [(float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle))];
        }
    }
}
