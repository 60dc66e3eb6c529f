namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>How long a step of the first optimizer takes without anything and with activation preconditioning in front, measured once when a run
/// begins.</summary>
/// <param name="PlainSeconds">Seconds of a step without: the median of the turns.</param>
/// <param name="PreconditionedSeconds">Seconds of a step with it.</param>
/// <param name="Turns">Turns of each, one after the other.</param>
/// <param name="StepsOfTurn">Steps of a turn.</param>
/// <remarks>It differs between machines, and between two runs on one; a run keeps its own, so that it goes on with the same number of steps.</remarks>
internal sealed record StepTimes(double PlainSeconds, double PreconditionedSeconds, int Turns, int StepsOfTurn)
{
    private const string FileName = "step-times.json";
    private const int MostStepsOfTurn = 32;
    private const int FewestTurns = 5;
    private const int MostTurns = 100;
    private const double Seconds = 2;

    /// <summary>How many times the steps take as long without activation preconditioning as with it; 1 where it takes no longer.</summary>
    internal double Factor => Math.Max(1, PreconditionedSeconds / PlainSeconds);

    /// <summary>What a run measured; null where it has not.</summary>
    internal static StepTimes? Of(RunPart prepared) => prepared.ReadSealed<StepTimes>(FileName, "steps are timed again, and the control may get other ones");

    internal static StepTimes Read(JsonNode json) => json.Deserialize<StepTimes>(RunJson.Exact)!;

    internal JsonObject Written() => JsonSerializer.SerializeToNode(this, RunJson.Exact)!.AsObject();

    /// <summary>Measures, unless the run has, as trainings run: so many at once, of one thread each.</summary>
    internal static void Keep(FeedbackSettings settings, PreparedTask task, CellContext context)
    {
        if (context.Prepared.Has(FileName))
            return;
        var found = new StepTimes[context.Jobs];
        WorkQueue.Run(
            [.. Enumerable.Range(0, context.Jobs)], context.Jobs, (job, stop) => found[job] = Measure(settings, task, stop), context.Cancellation);
        context.Cancellation.ThrowIfCancellationRequested();
        context.Prepared.WriteSealed(FileName, found[0]);
    }

    /// <summary>Turns of one and the other, of which the first of each, that meets code which is not compiled, does not count.</summary>
    private static StepTimes Measure(FeedbackSettings settings, PreparedTask task, CancellationToken cancellation)
    {
        int steps = Math.Min(MostStepsOfTurn, settings.Steps);
        var plain = new List<double>();
        var preconditioned = new List<double>();
        var (first, second) = (settings.Methods[0], settings.Methods[1]);
        double spent = 0;
        for (int turn = 0; turn <= MostTurns && (turn <= FewestTurns || spent < Seconds); turn++)
        {
            double without = Turn(settings, task, first, steps, cancellation), with = Turn(settings, task, second, steps, cancellation);
            if (turn == 0)
                continue;
            spent += without + with;
            plain.Add(without / steps);
            preconditioned.Add(with / steps);
        }
        return new StepTimes(Bootstrap.MedianOf([.. plain]), Bootstrap.MedianOf([.. preconditioned]), plain.Count, steps);
    }

    /// <summary>Seconds of some steps at a rate of 0, which takes as long as another and cannot diverge.</summary>
    private static double Turn(FeedbackSettings settings, PreparedTask task, FeedbackMethod method, int steps, CancellationToken cancellation)
    {
        var generator = new Philox(0);
        var model = task.CreateModel(settings.Model, generator.Split("initialization"));
        var optimizer = method.Optimizer.Create(model, 0, generator.Split("remedy"));
        using var disposed = optimizer as IDisposable;
        var order = new BatchOrder(task.TrainingCount, settings.BatchSize, generator.Split("data"));
        TrainingLoop loop = null!;
        loop = new TrainingLoop(optimizer, () => task.TrainingLoss(model, order.Of((int)loop.Step), loop.Step));
        loop.Run(steps, cancellation);
        return loop.Seconds;
    }
}
