namespace Kappa.Cli.Display;

/// <summary>Where the cells of an experiment stand; they report from their own threads.</summary>
internal sealed class ExperimentBoard(ExperimentPlan plan, TimeProvider clock) : IProgress<ExperimentProgress>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _weights = plan.Cells.ToDictionary(cell => cell.Key, cell => cell.Weight);
    private readonly Dictionary<string, ExperimentProgress> _last = [];
    private readonly WorkMeter<string> _meter = new(plan.Cells.Sum(cell => cell.Weight), clock);
    private double? _preparation;

    public void Report(ExperimentProgress value)
    {
        lock (_lock)
        {
            if (value.Key is null)
            {
                _preparation = value.Share;
                return;
            }
            _last[value.Key] = value;
            // The preparation says nothing about the pace.
            _meter.Report(value.Key, _weights[value.Key] * Math.Clamp(value.Share, 0, 1), restarts: _preparation is not null);
            _preparation = null;
        }
    }

    internal double Share()
    {
        lock (_lock)
            return _meter.Share;
    }

    internal string StatusLine()
    {
        lock (_lock)
        {
            if (_preparation is { } prepared)
                return FormattableString.Invariant($"preparing ({100 * prepared:0}%), {_meter.Seconds}");
            var running = _last.Values.Where(cell => !cell.IsFinished).Take(4).ToArray();
            string now = string.Join(", ", running.Select(cell => FormattableString.Invariant($"{cell.Key} {100 * cell.Share:0}%")));
            string what = FormattableString.Invariant($"{_last.Values.Count(cell => cell.IsFinished)} of {_weights.Count} done ({100 * _meter.Share:0}%)");
            return $"{what}, {_meter.Times}{(now.Length > 0 ? "; " : "")}{now}";
        }
    }
}
