using System.Collections.Concurrent;
using System.Diagnostics;
using Kappa.Lab.Experiments;
using Kappa.Lab.Runs;
using Kappa.Lab.Statistics;

namespace Kappa.Tables;

/// <summary>The study of one table: sweeps every method on the first seeds, trains it at what was chosen on all seeds, and scores it on test rows.</summary>
/// <param name="table">The table.</param>
/// <param name="settings">How large.</param>
/// <param name="run">Where finished trainings are kept, so that an interrupted study goes on.</param>
/// <param name="jobs">Trainings at once, one thread each.</param>
/// <param name="say">Hears how it goes on.</param>
internal sealed class Study(GeneratedTable table, StudySettings settings, RunFolder run, int jobs, Action<string> say)
{
    private const string ValidationLoss = "validationLoss", Seconds = "seconds", ScoresOf = "scores";

    private readonly ConcurrentDictionary<int, Lazy<StudyData>> _data = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _trained;

    /// <summary>Does what is not done yet.</summary>
    /// <param name="command">The command, for the reader of the result.</param>
    /// <param name="cancellation">Stops between two steps of a training.</param>
    /// <exception cref="OperationCanceledException">It was stopped; what is finished is kept.</exception>
    internal TableResult Run(string command, CancellationToken cancellation)
    {
        List<MethodResult> methods = [];
        foreach (var method in StudyMethod.All(settings, table))
        {
            var outcome = Sweep.Run(method.Axes, points => Losses(method, points, cancellation));
            var finals = Train([.. Seeds.Select(seed => new Training(method, outcome.Best, seed))], cancellation);
            methods.Add(new MethodResult(
                method.Name, method.IsControl, outcome.Best, outcome.Axes.ToDictionary(axis => axis.Name, axis => axis.Values), outcome.Count,
                outcome.AtEnds, [.. finals.Select(final => Rounded(final.Number(ValidationLoss)))],
                [.. finals.Select(final => Math.Round(final.Number(Seconds), 3))], ScoresByShift(finals)));
            say($"{table.Name}: {method.Name} at {string.Join(", ", outcome.Best.Select(value => $"{value.Key} {Figures.Rate(value.Value)}"))}");
        }
        return new TableResult(
            table.Name, command, settings, [.. Seeds], Describe(), methods, ResultEnvironment.Here());
    }

    private IEnumerable<int> Seeds => Enumerable.Range(0, settings.Seeds);

    private TableFacts Describe()
    {
        var best = Seeds.Select(seed => Data(seed).BestScores()).ToArray();
        return new TableFacts(
            table.Description, table.FeatureCount, Data(0).Training.Count, Data(0).Validation.Count, Data(0).Test.Count,
            Rounded(Condition.OfCovariance(Data(0).TrainingInputs)),
            best[0].Keys.ToDictionary(metric => metric, metric => (IReadOnlyList<double>)[.. best.Select(scores => Rounded(scores[metric]))]));
    }

    private IReadOnlyList<double> Losses(StudyMethod method, IReadOnlyList<IReadOnlyDictionary<string, double>> points, CancellationToken cancellation)
    {
        int seeds = settings.TuningSeeds;
        var results = Train([.. from point in points from seed in Enumerable.Range(0, seeds) select new Training(method, point, seed)], cancellation);
        return [.. results.Chunk(seeds).Select(chunk => chunk.Average(result => result.Number(ValidationLoss)) is var mean && double.IsNaN(mean)
            ? double.PositiveInfinity
            : mean)];
    }

    private IReadOnlyList<CellResult> Train(IReadOnlyList<Training> trainings, CancellationToken cancellation)
    {
        ExperimentCell[] cells = [.. trainings.Select(training => new ExperimentCell(training.Key, context => Train(training, context.Cancellation)))];
        var results = new ExperimentRunner(new ExperimentPlan(cells, _ => throw new NotSupportedException())).Run(run, jobs, null, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return results.Finished;
    }

    private JsonObject Train(Training training, CancellationToken cancellation)
    {
        var data = Data(training.Seed);
        var json = new JsonObject();
        double start = ThreadClock.Seconds;
        try
        {
            using var scope = TensorScope.Begin();
            var predict = training.Method.Fit(data, training.At, (ulong)training.Seed, cancellation);
            json[Seconds] = ThreadClock.Seconds - start;
            json[ValidationLoss] = CellResult.Json(data.ValidationLoss(predict(data.ValidationInputs)));
            json[ScoresOf] = new JsonObject(data.TestInputs.Select(entry => KeyValuePair.Create(entry.Name, (JsonNode?)new JsonObject(
                data.TestScores(predict(entry.Inputs)).Select(score => KeyValuePair.Create(score.Key, CellResult.Json(score.Value)))))));
        }
        catch (NonFiniteException error)
        {
            json["diverged"] = error.Message;
        }
        if (Interlocked.Increment(ref _trained) % 10 == 0)
            say($"{table.Name}: {_trained} trainings in {Figures.Duration(_clock.Elapsed.TotalSeconds)}, now {training.Key}");
        return json;
    }

    private StudyData Data(int seed) => _data.GetOrAdd(seed, _ => new Lazy<StudyData>(
        () => new StudyData(table, settings.Rows, (ulong)seed, run.PathOf(string.Create(CultureInfo.InvariantCulture, $"data/seed{seed}.csv"))))).Value;

    private static Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<double>>> ScoresByShift(IReadOnlyList<CellResult> finals)
    {
        // Where one seed diverged there is nothing that could be said of all.
        if (finals.FirstOrDefault(final => final.Value[ScoresOf] is null) is { } diverged)
            throw new InvalidOperationException($"{diverged.Key} diverged at the settings that its first seeds chose: {diverged.Value["diverged"]}");
        return finals[0].Value[ScoresOf]!.AsObject().ToDictionary(
            shift => shift.Key,
            shift => (IReadOnlyDictionary<string, IReadOnlyList<double>>)shift.Value!.AsObject().ToDictionary(
                metric => metric.Key,
                metric => (IReadOnlyList<double>)[.. finals.Select(final =>
                    Rounded(final.Value[ScoresOf]![shift.Key]![metric.Key]?.GetValue<double>() ?? double.NaN))]));
    }

    /// <summary>Six digits: enough for every table, and short in a file.</summary>
    private static double Rounded(double value) => double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private sealed record Training(StudyMethod Method, IReadOnlyDictionary<string, double> At, int Seed)
    {
        internal string Key => string.Create(
            CultureInfo.InvariantCulture,
            $"{Method.Name}/{string.Join('/', At.Select(value => $"{value.Key}={Figures.Rate(value.Value)}"))}/seed={Seed}");
    }
}
