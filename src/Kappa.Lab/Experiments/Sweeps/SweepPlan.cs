namespace Kappa.Lab.Experiments.Sweeps;

/// <summary>The work of a sweep, rung by rung: all trials, and with halving the best of them for more steps, again and again.</summary>
public sealed class SweepPlan
{
    /// <summary>The command that writes such folders.</summary>
    public const string Kind = "sweep";

    private readonly SweepConfig _config;
    private readonly SweepSpace _space;
    private readonly TrainingData _data;
    private readonly (int Trials, long Steps)[] _rungs;

    /// <summary>Plans a sweep.</summary>
    /// <param name="config">What to run.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <param name="data">The data of all trials, from <see cref="TrainingRunner.LoadData"/>.</param>
    /// <exception cref="ConfigException">The data shows the config to be wrong.</exception>
    public SweepPlan(SweepConfig config, Choices choices, TrainingData data)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(choices);
        ArgumentNullException.ThrowIfNull(data);
        (_config, _data, _space) = (config, data, new SweepSpace(config, choices));
        long steps = new TrainingRunner(config.Train, data, TimeProvider.System).Steps;
        _rungs = [.. config.RungTrials.Select(trials => (trials, steps))];
        // The last rung trains to the end, those before a share of that.
        long divisor = 1;
        for (int i = _rungs.Length - 1; i >= 0; i--, divisor *= config.Reduction)
            _rungs[i].Steps = Math.Max(1, steps / divisor);
    }

    /// <summary>The number of rungs.</summary>
    public int Rungs => _rungs.Length;

    /// <summary>The trainings of a rung.</summary>
    /// <param name="rung">Which, from 0.</param>
    /// <param name="finished">The results of the rungs before it.</param>
    public ExperimentPlan Rung(int rung, IReadOnlyList<CellResults> finished)
    {
        ArgumentNullException.ThrowIfNull(finished);
        int[] trials = rung == 0
            ? [.. Enumerable.Range(0, _config.Trials)]
            : [.. SweepFindings.Ranked(finished[rung - 1], HigherIsBetter).Take(_rungs[rung].Trials).Select(SweepFindings.TrialOf).Order()];
        return new ExperimentPlan(
            [.. trials.Select(trial => new ExperimentCell(Key(rung, trial), context => Train(trial, rung, context)) { Weight = Weight(rung) })],
            results => SweepFindings.Of(_config, _space, [.. finished, results], HigherIsBetter));
    }

    private bool HigherIsBetter => _config.Train.Monitor == "metric" && _data.HigherIsBetter;

    private double Weight(int rung) => _rungs[rung].Steps - (rung == 0 ? 0 : _rungs[rung - 1].Steps) + 1;

    private string Key(int rung, int trial) => FormattableString.Invariant($"{(Rungs == 1 ? "" : $"rung {rung + 1}, ")}trial {trial}");

    private JsonObject Train(int trial, int rung, CellContext context)
    {
        var config = _space.ConfigOf(trial);
        long until = _rungs[rung].Steps;
        var result = new JsonObject
        {
            ["trial"] = trial,
            ["values"] = CellResult.Json(_space.Draw(trial)),
            ["steps"] = until,
        };
        try
        {
            var evaluation = new TrainingRunner(config, _data, TimeProvider.System).Advance(
                context.Prepared.Part(FormattableString.Invariant($"trial-{trial:0000}")), until, context.Report, context.Cancellation);
            result["figure"] = CellResult.Json(config.Monitor == "metric" ? evaluation.Metric : evaluation.Loss);
            result["loss"] = CellResult.Json(evaluation.Loss);
            result["metric"] = CellResult.Json(evaluation.Metric);
            result["metricName"] = _data.MetricName;
        }
        catch (NonFiniteException error)
        {
            result["figure"] = null;
            result["diverged"] = error.Message;
        }
        return result;
    }
}
